import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { sources } from "./imports";

const root = resolve(__dirname, "../..");
const ours = sources("provider", "emulator", "tools", "bench");

/** Names that users import from `pulumi-exoscale-ssh/emulator`. */
const publicNames = ["ZONES"];

describe("One style", () => {
  test("private fields and methods are private at run time, too: #x", () => {
    const files = [...ours, ...sources("tests")].filter((file) => file.endsWith(".ts"));
    const found = files.flatMap((file) => nodesIn(file).filter(isPrivateMember).map(tell(file)));
    expect(found).toEqual([]);
  });

  test("module constants of text or numbers are in SCREAMING_SNAKE_CASE", () => {
    const found = constants((value) => isPrimitive(value)).filter(({ name }) => !isScreaming(name));
    expect(found).toEqual([]);
  });

  test("module constants of objects and functions are not", () => {
    const found = constants(isObject).filter(({ name }) => isScreaming(name) && !publicNames.includes(name));
    expect(found).toEqual([]);
  });
});

test("No asynchronous function is named like a result, such as `removed`: a reader would not see that it does something", () => {
  const participle = /^([a-z]+ed|made|done|told|found|written|taken|given|kept|left|gone|shown|put)$/;
  const names = ours.filter((file) => file.endsWith(".ts")).flatMap((file) => asyncNamesIn(file));
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter(({ name }) => participle.test(name))).toEqual([]);
});

/** JavaScript has no private constructor, so TypeScript's word stays for that. */
function isPrivateMember(node: ts.Node): boolean {
  const isMember = ts.isPropertyDeclaration(node) || ts.isMethodDeclaration(node) || ts.isAccessor(node);
  if (!isMember && !ts.isParameter(node)) return false;
  return ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
}

/** The constants of a file's top level whose value is of a kind. */
function constants(isOfKind: (value: ts.Expression) => boolean) {
  return ours
    .filter((file) => !file.endsWith(".gen.ts"))
    .flatMap((file) => {
      const statements = sourceOf(file).statements.filter(ts.isVariableStatement);
      const declarations = statements.flatMap(({ declarationList }) =>
        declarationList.flags & ts.NodeFlags.Const ? [...declarationList.declarations] : [],
      );
      return declarations.flatMap(({ name, initializer }) =>
        ts.isIdentifier(name) && initializer && isOfKind(initializer) ? [{ file, name: name.text }] : [],
      );
    });
}

function isPrimitive(value: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(value)) return isPrimitive(value.expression);
  if (ts.isBinaryExpression(value)) return isPrimitive(value.left) && isPrimitive(value.right);
  if (ts.isPrefixUnaryExpression(value)) return isPrimitive(value.operand);
  // A template is a script or a longer text, of which tables are made.
  return ts.isNumericLiteral(value) || ts.isStringLiteral(value);
}

function isObject(value: ts.Expression): boolean {
  if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) return isObject(value.expression);
  return [ts.isObjectLiteralExpression, ts.isArrayLiteralExpression, ts.isArrowFunction, ts.isNewExpression].some(
    (is) => is(value),
  );
}

function isScreaming(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name);
}

/** The names of asynchronous functions and methods, and of constants that hold one. */
function asyncNamesIn(file: string) {
  return nodesIn(file).flatMap((node) => {
    const isVariable = ts.isVariableDeclaration(node) && node.initializer && ts.isArrowFunction(node.initializer);
    const isNamed = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
    const callable = isVariable ? node.initializer : node;
    if (!(isVariable || isNamed) || !callable || !node.name || !ts.canHaveModifiers(callable)) return [];
    const isAsync = ts.getModifiers(callable)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    return isAsync ? [{ file, name: node.name.getText().replace("#", "") }] : [];
  });
}

function nodesIn(file: string): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(file));
  return nodes;
}

function tell(file: string) {
  return (node: ts.Node) => `${file}: ${node.getText().split("\n")[0]}`;
}

function sourceOf(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
}
