package kmod

import "rv86/kernel/abi"

// Arg is one module argument, `name=value` or `name`.
type Arg struct {
	Name, Value string
	HasValue    bool
}

// ParseArgs splits an argument string as Linux's next_arg does: words between
// white space; double quotes around the value, or around the whole word, keep
// white space in it and are taken off.
func ParseArgs(s string) ([]Arg, error) {
	var args []Arg
	for i := 0; ; {
		for i < len(s) && space(s[i]) {
			i++
		}
		if i == len(s) {
			return args, nil
		}
		start, eq, quoted := i, -1, false
		for i < len(s) && (quoted || !space(s[i])) {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case s[i] == '=' && eq < 0:
				eq = i
			}
			i++
		}
		if quoted {
			return nil, WithHint(refuse(abi.EINVAL, "a quote in the arguments is not closed"),
				"the arguments have an odd number of double quotes: close the quote, and quote it from the shell (name='\"two words\"')")
		}
		word := s[start:i]
		var a Arg
		if eq < 0 {
			a.Name = unquote(word)
		} else {
			name := word[:eq-start]
			value := word[eq-start+1:]
			if len(name) > 0 && name[0] == '"' && value != "" && value[len(value)-1] == '"' {
				name, value = name[1:], value[:len(value)-1]
			}
			a = Arg{name, unquote(value), true}
		}
		args = append(args, a)
	}
}

func space(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func unquote(s string) string {
	if len(s) > 0 && s[0] == '"' {
		s = s[1:]
		if len(s) > 0 && s[len(s)-1] == '"' {
			s = s[:len(s)-1]
		}
	}
	return s
}

// SameParam compares parameter and module names as Linux does: '-' and '_' are
// the same (parameq).
func SameParam(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if dash(a[i]) != dash(b[i]) {
			return false
		}
	}
	return true
}

func dash(c byte) byte {
	if c == '-' {
		return '_'
	}
	return c
}
