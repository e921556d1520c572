package modtools

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"rv86/kmod/modlib"
	"rv86/userland/box"
)

var modprobeCommand = box.Command{
	Name: "modprobe", Usage: "MODULE [PARAMETER=VALUE]... | -a MODULE... | -r MODULE...",
	Help: "Load modules with what they need, or remove them with what they needed.",
	Options: []box.Option{
		box.Flag('a', "all", "every argument is a module"),
		box.Flag('r', "remove", "remove instead of loading"),
		box.Flag(optHolders, "remove-holders", "with -r: first remove what uses the module"),
		box.Flag(optDependencies, "remove-dependencies", "the older name of --remove-holders"),
		box.Param('w', "wait", "MSEC", "with -r: wait up to MSEC for the last user to leave"),
		box.Flag(optFirstTime, "first-time", "fail if it is loaded (with -r: is not loaded) already"),
		box.Flag('i', "ignore-install", "ignore install and remove commands, and soft dependencies"),
		box.Flag(optIgnoreRemove, "ignore-remove", "as --ignore-install"),
		box.Flag('b', "use-blacklist", "the blacklist counts for names, too, not only for aliases"),
		box.Flag('f', "force", "ignore version magic and symbol versions; with -r: remove by force; dangerous"),
		box.Flag(optForceModversion, "force-modversion", "ignore symbol versions"),
		box.Flag(optForceVermagic, "force-vermagic", "ignore the version magic"),
		box.Flag('R', "resolve-alias", "only print which modules the name means"),
		box.Flag('D', "show-depends", "only print what would be loaded, as if nothing were loaded yet"),
		box.Flag('c', "showconfig", "print the configuration and the aliases"),
		box.Flag(optShowConfig, "show-config", "as --showconfig"),
		box.Flag(optShowModversions, "show-modversions", "print the symbol versions of a module's file"),
		box.Flag(optDumpModversions, "dump-modversions", "as --show-modversions"),
		box.Flag(optShowExports, "show-exports", "print the symbols that a module's file exports"),
		box.Flag('n', "dry-run", "do nothing; with -v: print what would be done"),
		box.Flag(optDryRun, "show", "as --dry-run"),
		box.Param('C', "config", "PATH", "read PATH instead of the usual configuration"),
		box.Param('d', "dirname", "DIR", "DIR/lib/modules instead of /lib/modules"),
		box.Param('S', "set-version", "VERSION", "VERSION instead of the running kernel's"),
		box.Flag('s', "syslog", "messages go to the system's log, not to the error stream"),
		box.Flag('q', "quiet", "print no errors"),
		box.Flag('v', "verbose", "print what is done"),
		versionOption, helpOption,
	},
}

func init() { modprobeCommand.Run = modprobe }

// optionsVariable has options that come before those of the command line;
// install commands that call modprobe again find ours there.
const optionsVariable = "MODPROBE_OPTIONS"

func modprobe(c *box.Context) int {
	if status, done := versionOrHelp(c, &modprobeCommand); done {
		return status
	}
	if !c.Prepend(&modprobeCommand, splitOptions(os.Getenv(optionsVariable))) {
		return box.Failure
	}
	p := &prober{c: c, log: &logger{c: c, threshold: withVerbose(c, warning)}, missing: fatal}
	if c.Has('q') {
		p.log.threshold = quiet
	}
	if c.Has('s') {
		c.Err = kernelMessages()
	}
	if c.Has('a') {
		p.missing = warning
	}
	showConfig := c.Has('c') || c.Has(optShowConfig)
	if len(c.Args) == 0 && !showConfig {
		p.log.Errorf("missing parameters. See -h.")
		return box.Failure
	}
	if !p.configure() {
		return box.Failure
	}
	switch {
	case showConfig:
		p.showConfig()
		return box.OK
	case c.Has(optShowModversions), c.Has(optDumpModversions):
		return p.showSymbols("modversions", modlib.ReadVersions)
	case c.Has(optShowExports):
		return p.showSymbols("symbols", modlib.ReadExports)
	case c.Has('r'):
		return p.each(p.removeNamed)
	case c.Has('a'):
		return p.each(func(name string) bool { return p.insertNamed(name, "") })
	}
	if !p.insertNamed(c.Args[0], quoteParameters(c.Args[1:])) {
		return box.Failure
	}
	return box.OK
}

// prober is one call of modprobe. Its methods report what goes wrong and return
// false then.
type prober struct {
	c   *box.Context
	log *logger
	dir string // /lib/modules/VERSION
	lib *modlib.Library
	// missing is how bad it is that a module does not exist or is in use: the
	// end of all, or with -a a warning.
	missing    level
	gaveUp     bool
	wait       int // milliseconds
	dryRun     bool
	show       bool
	ignoreLive bool // --show-depends: what is loaded does not count
	ignoreCmds bool
	force      bool
}

// configure reads the options and the files.
func (p *prober) configure() bool {
	c := p.c
	p.dryRun = c.Has('n') || c.Has(optDryRun) || c.Has('D')
	p.show = c.Has('D') || p.log.threshold > warning
	p.ignoreLive = c.Has('D')
	p.ignoreCmds = c.Has('i') || c.Has(optIgnoreRemove)
	p.force = c.Has('f')
	if c.Has('w') {
		n, err := strconv.ParseUint(c.Value('w', ""), 0, 31)
		if err != nil {
			p.log.Errorf("unexpected wait value '%s'.", c.Value('w', ""))
			return false
		}
		p.wait = int(n)
	}
	p.dir = versionDir(c.Value('d', ""), c.Value('S', ""))
	p.lib = modlib.NewLibrary(readIndex(p.dir), readConfig(p.c, p.dir, c.Values('C')), p.log.Errorf)
	return true
}

// each calls fn for all arguments; one failure does not keep the others from
// their turn, unless it was fatal.
func (p *prober) each(fn func(name string) bool) int {
	status := box.OK
	for _, name := range p.c.Args {
		if !fn(name) {
			status = box.Failure
		}
		if p.gaveUp {
			break
		}
	}
	return status
}

// complain reports what p.missing is about. A fatal complaint ends the command.
func (p *prober) complain(format string, args ...any) {
	p.log.printf(p.missing, format, args...)
	p.gaveUp = p.missing == fatal && p.log.threshold >= fatal
}

// showf prints what is done, if that is wanted, as it happens.
func (p *prober) showf(format string, args ...any) {
	if p.show {
		fmt.Fprintf(p.c.Out, format, args...)
	}
}

func (p *prober) showConfig() {
	p.c.Out.WriteString(p.lib.Config.Dump() + "\n# End of configuration files. Dumping indexes now:\n\n" + p.lib.Index.Dump())
}

// showSymbols prints symbols of a module's file with their checksums.
func (p *prober) showSymbols(what string, read func([]byte) ([]modlib.Symbol, error)) int {
	file := p.c.Args[0]
	data, err := os.ReadFile(file)
	if err != nil {
		p.log.printf(p.missing, "Module %s not found.", file)
		return box.Failure
	}
	symbols, err := read(data)
	if err != nil {
		p.log.printf(p.missing, "could not get %s of %s: %s", what, file, objectReason(err))
		return box.Failure
	}
	for _, s := range symbols {
		fmt.Fprintf(p.c.Out, "%#08x\t%s\n", s.CRC, s.Name)
	}
	return box.OK
}

// quoteParameters makes one string of parameters. A value with blanks gets
// quotes, which the shell took away.
func quoteParameters(args []string) string {
	joined := make([]string, 0, len(args))
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if ok && strings.Contains(value, " ") && !strings.HasPrefix(value, `"`) && !strings.HasPrefix(value, "'") {
			arg = key + `="` + value + `"`
		}
		joined = append(joined, arg)
	}
	return strings.Join(joined, " ")
}

// splitOptions cuts the value of MODPROBE_OPTIONS at blanks; quotes keep a word
// together.
func splitOptions(text string) []string {
	var words []string
	var word strings.Builder
	var quote byte
	inWord := false
	for i := range len(text) {
		switch ch := text[i]; {
		case quote != 0 && ch == quote:
			quote = 0
		case quote == 0 && (ch == '"' || ch == '\''):
			quote, inWord = ch, true
		case quote == 0 && ch == ' ':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteByte(ch)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}
