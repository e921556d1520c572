package box

import (
	"fmt"
	"strings"
)

// parse splits args into options and operands. It reports whether --help was
// among them, which ends the parsing.
func (c *Context) parse(cmd *Command, args []string) (help bool, err error) {
	c.given = map[byte][]string{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			c.Args = append(c.Args, args...)
			return false, nil
		case arg == "--help":
			return true, nil
		case strings.HasPrefix(arg, "--"):
			args, err = c.parseLong(cmd, arg[2:], args)
		case len(arg) > 1 && arg[0] == '-':
			args, err = c.parseShort(cmd, arg[1:], args)
		default:
			c.Args = append(c.Args, arg)
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// parseLong takes "name" or "name=value" and returns the arguments that are
// left.
func (c *Context) parseLong(cmd *Command, text string, rest []string) ([]string, error) {
	name, value, joined := strings.Cut(text, "=")
	for _, o := range cmd.Options {
		if o.Long != name || name == "" {
			continue
		}
		switch {
		case o.Arg == "" && joined:
			return nil, fmt.Errorf("option '--%s' doesn't allow an argument", name)
		case o.Arg != "" && !joined:
			if len(rest) == 0 {
				return nil, fmt.Errorf("option '--%s' requires an argument", name)
			}
			value, rest = rest[0], rest[1:]
		}
		c.give(o, value)
		return rest, nil
	}
	return nil, fmt.Errorf("unrecognized option '--%s'", name)
}

// parseShort takes a bundle of letters, the last of which may have an argument.
func (c *Context) parseShort(cmd *Command, letters string, rest []string) ([]string, error) {
	for i := 0; i < len(letters); i++ {
		o, ok := cmd.option(letters[i])
		if !ok {
			// head -5, tail -20: the obsolete form of -n that everyone types.
			if n, ok := cmd.count(letters); i == 0 && ok {
				c.give(cmd.Options[n], letters)
				return rest, nil
			}
			return nil, fmt.Errorf("invalid option -- '%c'", letters[i])
		}
		if o.Arg == "" {
			c.give(o, "")
			continue
		}
		value := letters[i+1:]
		if value == "" {
			if len(rest) == 0 {
				return nil, fmt.Errorf("option requires an argument -- '%c'", o.Short)
			}
			value, rest = rest[0], rest[1:]
		}
		c.give(o, value)
		break
	}
	return rest, nil
}

// NumberArg names the argument of an option that may also be given as a bare
// -NUMBER.
const NumberArg = "NUMBER"

func (cmd *Command) option(short byte) (Option, bool) {
	for _, o := range cmd.Options {
		if o.Short == short && short >= LongOnly {
			return o, true
		}
	}
	return Option{}, false
}

// count finds the option that a bare -NUMBER means.
func (cmd *Command) count(digits string) (int, bool) {
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	for i, o := range cmd.Options {
		if o.Arg == NumberArg {
			return i, true
		}
	}
	return 0, false
}

func (c *Context) give(o Option, value string) {
	c.given[o.Short] = append(c.given[o.Short], value)
	c.order = append(c.order, o.Short)
}

// LongOnly bounds the letters that mark an option without one.
const LongOnly = ' '

// Flag makes the row of an option without an argument.
func Flag(short byte, long, help string) Option { return Option{Short: short, Long: long, Help: help} }

// Param makes the row of an option with an argument, which the help calls arg.
func Param(short byte, long, arg, help string) Option {
	return Option{Short: short, Long: long, Arg: arg, Help: help}
}
