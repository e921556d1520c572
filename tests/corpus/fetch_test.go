package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source is a Debian release and a package of it that depends on the kernel.
type source struct {
	arch, suite, meta string
}

// fetch gives the module files of a kernel package, fetching it if it is not in
// the cache.
func fetch(t *testing.T, s source) []string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("SKIPPED: ", err)
	}
	root := filepath.Join(cache, "rv86-corpus", s.arch)
	tree := filepath.Join(root, "tree")
	if _, err := os.Stat(tree); err != nil {
		if !whole() {
			t.Skip("SKIPPED: Debian's modules are not here; RV86_CORPUS=all fetches them (some 170 MB)")
		}
		for _, tool := range []string{"apt-get", "dpkg-deb", "xz"} {
			if _, err := exec.LookPath(tool); err != nil {
				t.Skipf("SKIPPED: %s is missing, so Debian's modules cannot be fetched", tool)
			}
		}
		if err := download(root, tree, s); err != nil {
			t.Skipf("SKIPPED: Debian's kernel for %s cannot be fetched: %v", s.arch, err)
		}
	}
	var files []string
	err = filepath.WalkDir(tree, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".ko") || strings.HasSuffix(path, ".ko.xz") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no modules: %v", tree, err)
	}
	slices.Sort(files)
	return files
}

// download runs apt with folders of its own, so that the system's lists and
// architectures stay as they are.
func download(root, tree string, s source) error {
	for _, d := range []string{"etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "state/lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			return err
		}
	}
	entry, err := debianEntry()
	if err != nil {
		return err
	}
	entry = fmt.Sprintf(entry, s.suite)
	if err := os.WriteFile(filepath.Join(root, "etc/sources.list.d/debian.sources"), []byte(entry), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "status"), nil, 0o644); err != nil {
		return err
	}
	if _, err := apt(root, s.arch, "apt-get", "-q", "update"); err != nil {
		return err
	}
	out, err := apt(root, s.arch, "apt-cache", "depends", s.meta)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(out, "Depends: ")
	kernel, _, _ := strings.Cut(rest, "\n")
	if kernel == "" {
		return fmt.Errorf("%s depends on nothing", s.meta)
	}
	if _, err := apt(root, s.arch, "apt-get", "-q", "download", kernel); err != nil {
		return err
	}
	packages, _ := filepath.Glob(filepath.Join(root, kernel+"_*.deb"))
	if len(packages) != 1 {
		return fmt.Errorf("%d packages were fetched", len(packages))
	}
	if out, err := exec.Command("dpkg-deb", "-x", packages[0], tree+".part").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return os.Rename(tree+".part", tree)
}

func apt(root, arch, program string, args ...string) (string, error) {
	all := []string{"-o", "APT::Architecture=" + arch, "-o", "APT::Architectures=" + arch}
	for key, dir := range map[string]string{"Dir::Etc": "etc", "Dir::State": "state", "Dir::State::status": "status", "Dir::Cache": "cache"} {
		all = append(all, "-o", key+"="+filepath.Join(root, dir))
	}
	cmd := exec.Command(program, append(all, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s: %w: %s", program, err, exit.Stderr)
	}
	return string(out), err
}

// debianEntry is the system's own entry for Debian's main archive, with %s for
// the release.
func debianEntry() (string, error) {
	files, _ := filepath.Glob("/etc/apt/sources.list.d/*.sources")
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		for entry := range strings.SplitSeq(string(text), "\n\n") {
			var out []string
			debian := false
			for line := range strings.Lines(entry) {
				line = strings.TrimRight(line, "\n")
				key, value, _ := strings.Cut(line, ":")
				switch {
				case strings.HasPrefix(line, "#") || line == "":
					continue
				case key == "URIs":
					debian = strings.HasSuffix(strings.TrimRight(value, "/"), "/debian")
				case key == "Suites":
					line = "Suites: %s"
				case key == "Components":
					line = "Components: main"
				}
				out = append(out, line)
			}
			if debian {
				return strings.Join(out, "\n") + "\n", nil
			}
		}
	}
	return "", errors.New("the system's apt has no entry for Debian's archive in the form *.sources")
}
