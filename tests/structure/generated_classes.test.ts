import ts from "typescript";
import { namesWhere, read, resource, schema } from "./schema";

const file = "provider/dynamic/resources.gen.ts";
const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
const resources = Object.keys(schema.resources).map((token) => token.replace(/.*:/, ""));
const functions = Object.entries(schema.functions).map(([token, shape]) => [token.replace(/.*:/, ""), shape] as const);

describe.each(resources)("The dynamic class %s agrees with schema.json", (name) => {
  const { inputProperties, requiredInputs, properties, required } = resource(name);
  const inputs = membersOf(`${name}Args`);
  const outputs = membersOf(name);

  test("on the names of its inputs and outputs", () => {
    expect(inputs.map((input) => input.name)).toEqual(Object.keys(inputProperties));
    expect(outputs.map((output) => output.name)).toEqual(Object.keys(properties));
  });

  test("on which of them are always there", () => {
    expect(inputs.filter(isRequired).map((input) => input.name)).toEqual(requiredInputs);
    expect(outputs.filter(isRequired).map((output) => output.name)).toEqual(required);
  });

  test("on which of them are secrets", () => {
    expect(saying(inputs, "Always a secret.")).toEqual(namesWhere(inputProperties, ({ secret }) => secret === true));
    expect(saying(outputs, "Always a secret.")).toEqual(namesWhere(properties, ({ secret }) => secret === true));
  });

  test("on which of them replace it when they change", () => {
    const replacing = namesWhere(inputProperties, ({ willReplaceOnChanges }) => willReplaceOnChanges === true);
    expect(saying(inputs, /A change [^.]*\b(replaces the resource|new instance)\b[^.]*\.\s*(\*\/|\*\n)/)).toEqual(
      replacing,
    );
  });
});

describe.each(functions)("The types of the function %s agree with schema.json", (name, { inputs, outputs }) => {
  const type = name.replace(/^g/, "G");

  test("on the names of arguments and answers, and on which are always there", () => {
    expect(namesAndRequired(`${type}Args`)).toEqual([Object.keys(inputs.properties), inputs.required]);
    expect(namesAndRequired(`${type}Result`)).toEqual([Object.keys(outputs.properties), outputs.required]);
  });
});

interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  readonly documentation: string;
}

/** Of an interface its members, of a class its declared properties; of an alias for no members at all, none. */
function membersOf(name: string): Member[] {
  const declaration = source.statements.find(
    (statement) =>
      (ts.isInterfaceDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement)) &&
      statement.name?.text === name,
  );
  if (!declaration) throw new Error(`${file} declares no ${name}`);
  if (ts.isTypeAliasDeclaration(declaration)) return [];
  const members =
    ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration) ? declaration.members : [];
  return [...members]
    .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
    .map(asMember);
}

function asMember(member: ts.PropertySignature | ts.PropertyDeclaration): Member {
  return {
    name: member.name.getText(source),
    isOptional: member.questionToken !== undefined,
    type: member.type?.getText(source) ?? "",
    documentation: ts
      .getJSDocCommentsAndTags(member)
      .map((comment) => comment.getText(source))
      .join(" "),
  };
}

function isRequired({ isOptional, type }: Member): boolean {
  return !isOptional && !/\| undefined>?$/.test(type);
}

function saying(members: readonly Member[], words: string | RegExp): string[] {
  const matching = members.filter(({ documentation }) => documentation.match(words));
  return matching.map(({ name }) => name).sort();
}

function namesAndRequired(name: string): [string[], string[]] {
  const members = membersOf(name);
  return [members.map((member) => member.name), members.filter(isRequired).map((member) => member.name)];
}
