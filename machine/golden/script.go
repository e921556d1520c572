package golden

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"rv86/machine/session"
)

// Names of a script's files.
const (
	fileCmd    = "cmd"
	fileArgs   = "args"
	fileStdin  = "stdin"
	fileStdout = "stdout"
	fileOpen   = "stdout-open"
	fileStatus = "status"
	fileStderr = "stderr"
	fileMask   = "mask"
	guestDir   = "guest/"
)

// expectations are the files that may exist once more for a machine.
var expectations = []string{fileStdout, fileOpen, fileStatus, fileStderr}

// isExpectation reports whether a file belongs to the script itself.
func isExpectation(name string) bool {
	for _, e := range expectations {
		if name == e || strings.HasPrefix(name, e+".") {
			return true
		}
	}
	return false
}

// forArch is the script as one machine sees it: its own expectations, if it has
// any, take the place of the common ones.
func (s *Script) forArch(arch string) *Script {
	var own []txtar.File
	for _, f := range s.archive.Files {
		for _, e := range expectations {
			if f.Name == e+"."+arch {
				own = append(own, txtar.File{Name: e, Data: f.Data})
			}
		}
	}
	if own == nil {
		return s
	}
	view := *s
	view.archive = &txtar.Archive{Comment: s.archive.Comment, Files: own}
	for _, f := range s.archive.Files {
		if !isExpectation(f.Name) {
			view.archive.Files = append(view.archive.Files, f)
		}
	}
	return &view
}

// hasOwn reports whether a machine has expectations of its own.
func (s *Script) hasOwn(arch string) bool { return s.forArch(arch) != s }

// Script is one golden script.
type Script struct {
	Name    string // file name without directory and suffix
	path    string
	archive *txtar.Archive
}

// Load reads and checks a script.
func Load(path string) (*Script, error) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		return nil, session.FileError("read", err)
	}
	s := &Script{Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), path: path, archive: a}
	if len(bytes.TrimSpace(a.Comment)) == 0 {
		return nil, fmt.Errorf("%s: line 1 must say where the script comes from", path)
	}
	if _, ok := s.file(fileCmd); !ok {
		if _, ok := s.file(fileArgs); !ok {
			return nil, fmt.Errorf("%s: it has neither a file %q nor a file %q, so there is nothing to run", path, fileCmd, fileArgs)
		}
	}
	if _, err := s.masks(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, arch := range session.Archs {
		view := s.forArch(arch)
		if _, err := view.status(); err != nil {
			return nil, err
		}
		if _, err := view.stderr(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Script) file(name string) (string, bool) {
	for _, f := range s.archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// set replaces, adds or (with drop) removes a file.
func (s *Script) set(name, data string, drop bool) {
	for i, f := range s.archive.Files {
		if f.Name == name {
			if drop {
				s.archive.Files = append(s.archive.Files[:i:i], s.archive.Files[i+1:]...)
			} else {
				s.archive.Files[i].Data = []byte(data)
			}
			return
		}
	}
	if !drop {
		s.archive.Files = append(s.archive.Files, txtar.File{Name: name, Data: []byte(data)})
	}
}

// stdout is the expected output.
func (s *Script) stdout() string {
	if open, ok := s.file(fileOpen); ok {
		return strings.TrimSuffix(open, "\n")
	}
	out, _ := s.file(fileStdout)
	return out
}

func (s *Script) masks() (Masks, error) {
	text, _ := s.file(fileMask)
	return ParseMasks(text)
}

func (s *Script) status() (int, error) {
	text, ok := s.file(fileStatus)
	if !ok {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("%s: %q is not an exit status", s.path, strings.TrimSpace(text))
	}
	return n, nil
}

// stderr is the expression for the last line on stderr, or nil.
func (s *Script) stderr() (*regexp.Regexp, error) {
	text, ok := s.file(fileStderr)
	if !ok {
		return nil, nil
	}
	re, err := regexp.Compile("^(?:" + strings.TrimSpace(text) + ")$")
	if err != nil {
		return nil, fmt.Errorf("%s: stderr: %w", s.path, err)
	}
	return re, nil
}

// update stores what a run gave as what is expected, and writes the file if
// that changed it. A machine other than the default one gets expectations of
// its own only if the common ones do not fit.
func (s *Script) update(r Result, arch string) error {
	suffix := ""
	if arch != "" && arch != session.DefaultArch {
		if !s.hasOwn(arch) && s.compare(r) == "" {
			return nil
		}
		suffix = "." + arch
	}
	before := txtar.Format(s.archive)
	out := r.Stdout
	if strings.HasPrefix(out, "-- ") || strings.Contains(out, "\n-- ") {
		return fmt.Errorf("%s: the output has a line that begins with \"-- \", which a script cannot hold", s.path)
	}
	open := out != "" && !strings.HasSuffix(out, "\n")
	s.set(fileOpen+suffix, out+"\n", !open)
	s.set(fileStdout+suffix, out, open)
	s.set(fileStatus+suffix, strconv.Itoa(r.Status)+"\n", r.Status == 0)
	re, err := s.forArch(arch).stderr()
	if err != nil {
		return err
	}
	if re != nil && !re.MatchString(r.LastLine) || re == nil && r.LastLine != "" {
		s.set(fileStderr+suffix, regexp.QuoteMeta(r.LastLine)+"\n", r.LastLine == "")
	}
	after := txtar.Format(s.archive)
	if bytes.Equal(before, after) {
		return nil
	}
	return os.WriteFile(s.path, after, 0o644)
}
