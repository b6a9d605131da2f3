// Command sdk-generator writes the SDK of one language from a Pulumi schema, with Pulumi's own code generator and the
// settings of `pulumi package add`, whose language hosts are not published as Go modules.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// The name in the first line of each file; Pulumi's language hosts write the same.
const tool = "pulumi-language-"

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: sdk-generator SCHEMA LANGUAGE DIRECTORY"))
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func run(schemaFile, language, directory string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	pkg, err := bind(text)
	if err != nil {
		return err
	}
	files, err := generate(pkg, language)
	if err != nil {
		return err
	}
	return write(files, directory)
}

// The loader is for packages that the schema refers to. There are none; the null loader fails if one is added.
func bind(text []byte) (*schema.Package, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	// `pulumi package add` sets this too: module paths and versions are then those of a local package.
	pkg.SupportPack = true
	return pkg, nil
}

func generate(pkg *schema.Package, language string) (map[string][]byte, error) {
	switch language {
	case "nodejs":
		return nodejs.GeneratePackage(tool+language, pkg, nil, nil, true, nil)
	case "python":
		return python.GeneratePackage(tool+language, pkg, nil, nil)
	case "go":
		return golang.GeneratePackage(tool+language, pkg, nil)
	}
	return nil, fmt.Errorf("%q is not a language of this generator: use nodejs, python or go", language)
}

func write(files map[string][]byte, directory string) error {
	for name, content := range files {
		file := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
