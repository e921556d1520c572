package main

import (
	"bytes"
	"crypto/rand"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"rv86/kmod/sign"
)

// modKeyCmd is `rv86 mod key`.
type modKeyCmd struct {
	File string `arg:"" help:"File to make; the public half goes to FILE.pub." placeholder:"FILE"`
	Name string `help:"Name of the key, in messages of the kernel." default:"rv86-user" placeholder:"NAME"`
}

// Run makes a key pair, and prints how a kernel is told to trust it.
func (c *modKeyCmd) Run(s *streams) error {
	key, err := sign.Generate(c.Name, rand.Reader)
	if err != nil {
		return &failure{statusUsage, err}
	}
	const private, public = 0o600, 0o644
	if err := writeNew(c.File, key.String()+"\n", private); err != nil {
		return err
	}
	if err := writeNew(c.File+".pub", key.Public().String()+"\n", public); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s and %s.pub: a key to sign modules with. A kernel trusts it with --append %s\n",
		c.File, c.File, "module.sig_key="+key.Public().Word())
	if err != nil {
		return outputFailure("what was written", err)
	}
	return nil
}

// writeNew makes a file; a key must not be overwritten by mistake.
func writeNew(name, text string, perm os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if errors.Is(err, fs.ErrExist) {
		return &failure{statusUsage, fmt.Errorf("%s exists already", name)}
	}
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("cannot make the key: %w", err)}
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return outputFailure(name, err)
	}
	return nil
}

// modSignCmd is `rv86 mod sign`.
type modSignCmd struct {
	Key  string   `arg:"" help:"A private key that rv86 mod key made." placeholder:"KEY"`
	File []string `arg:"" help:"Modules, which are changed in place." placeholder:"FILE.ko"`
}

// Run appends a signature to each file, in place of one that is there.
func (c *modSignCmd) Run(s *streams) error {
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("cannot read the key: %w", err)}
	}
	key, err := sign.ParsePrivateKey(string(text))
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("%s: %w", c.Key, err)}
	}
	for _, name := range c.File {
		info, err := os.Stat(name)
		if err != nil {
			return &failure{statusUsage, fmt.Errorf("cannot read the module: %w", err)}
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return &failure{statusUsage, fmt.Errorf("cannot read the module: %w", err)}
		}
		if !bytes.HasPrefix(b, []byte(elf.ELFMAG)) {
			return &failure{statusUsage, fmt.Errorf("%s is no module (a compressed one is signed before it is compressed)", name)}
		}
		signed, err := sign.Sign(b, key)
		if err != nil {
			return &failure{statusUsage, fmt.Errorf("%s: %w", name, err)}
		}
		if err := os.WriteFile(name, signed, info.Mode().Perm()); err != nil {
			return outputFailure(name, err)
		}
		if _, err := fmt.Fprintf(s.out, "%s: signed with %s\n", name, key.Name); err != nil {
			return outputFailure("what was signed", err)
		}
	}
	return nil
}
