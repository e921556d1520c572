package files

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// modeChange computes a file's new mode from its old one.
type modeChange func(old os.FileMode) os.FileMode

var errMode = errors.New("invalid mode")

func currentUmask() os.FileMode {
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	return os.FileMode(mask)
}

// parseMode parses an octal or a symbolic mode (XCU chmod). A clause that
// names nobody means everybody, less the bits of the umask.
func parseMode(text string, umask os.FileMode) (modeChange, error) {
	if n, err := strconv.ParseUint(text, 8, 12); err == nil {
		return func(os.FileMode) os.FileMode { return fromOctal(n) }, nil
	}
	var steps []modeChange
	for clause := range strings.SplitSeq(text, ",") {
		step, err := parseClause(clause, umask)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return func(mode os.FileMode) os.FileMode {
		for _, step := range steps {
			mode = step(mode)
		}
		return mode
	}, nil
}

// fromOctal maps the traditional twelve bits onto Go's mode.
func fromOctal(n uint64) os.FileMode {
	mode := os.FileMode(n & 0o777)
	for bit, flag := range map[uint64]os.FileMode{
		0o4000: os.ModeSetuid, 0o2000: os.ModeSetgid, 0o1000: os.ModeSticky,
	} {
		if n&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

// The permission bits of each class.
var classes = map[byte]os.FileMode{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}

// parseClause parses [ugoa]*([+-=][rwxXst]*)+.
func parseClause(clause string, umask os.FileMode) (modeChange, error) {
	who := os.FileMode(0)
	i := 0
	for ; i < len(clause) && classes[clause[i]] != 0; i++ {
		who |= classes[clause[i]]
	}
	allowed := os.FileMode(0o777)
	if who == 0 {
		who, allowed = 0o777, 0o777&^umask
	}
	if i == len(clause) {
		return nil, errMode
	}
	var steps []modeChange
	for i < len(clause) {
		op := clause[i]
		if op != '+' && op != '-' && op != '=' {
			return nil, errMode
		}
		i++
		var perm, special os.FileMode
		conditional := false // X
		for ; i < len(clause) && strings.IndexByte("+-=", clause[i]) < 0; i++ {
			switch clause[i] {
			case 'r':
				perm |= 0o444
			case 'w':
				perm |= 0o222
			case 'x':
				perm |= 0o111
			case 'X':
				conditional = true
			case 's':
				if who&0o700 != 0 {
					special |= os.ModeSetuid
				}
				if who&0o070 != 0 {
					special |= os.ModeSetgid
				}
			case 't':
				special |= os.ModeSticky
			default:
				return nil, errMode
			}
		}
		steps = append(steps, func(mode os.FileMode) os.FileMode {
			bits := perm
			if conditional && (mode.IsDir() || mode&0o111 != 0) {
				bits |= 0o111
			}
			bits &= who & allowed
			switch op {
			case '+':
				return mode | bits | special
			case '-':
				return mode &^ (bits | special)
			default:
				return mode&^who | bits | special
			}
		})
	}
	return func(mode os.FileMode) os.FileMode {
		for _, step := range steps {
			mode = step(mode)
		}
		return mode
	}, nil
}
