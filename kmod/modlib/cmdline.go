package modlib

import "strings"

// The kernel's command line has options of modules, too: "module.parameter" and
// "module.parameter=value". A value may be in quotes and hold blanks then; the
// quotes may also stand around the whole word, where a boot loader has moved
// them. "modprobe.blacklist=a,b" is for modprobe itself. What has another form
// is not for us. Inside quotes a backslash takes the next character's meaning
// away: commands for the guest stand there as Go writes a string.

const (
	// blacklistOption is modprobe's own option.
	blacklistOption = "modprobe.blacklist="
	// systemPrefix begins the options of this system, which is no module.
	systemPrefix = "rv86."
)

// ParseCommandLine adds what the kernel's command line says.
func (c *Config) ParseCommandLine(text string, warn Warn) {
	for _, word := range splitQuoted(text) {
		c.addBootWord(word, warn)
	}
}

// splitQuoted cuts a text at the blanks outside quotes.
func splitQuoted(text string) []string {
	var words []string
	quoted := false
	start := 0
	for i := 0; i <= len(text); i++ {
		if quoted && i+1 < len(text) && text[i] == '\\' {
			i++
			continue
		}
		end := i == len(text)
		if !end && text[i] == '"' {
			quoted = !quoted
		}
		if end || !quoted && strings.IndexByte(" \t\n\v\f\r", text[i]) >= 0 {
			if i > start {
				words = append(words, text[start:i])
			}
			start = i + 1
		}
	}
	return words
}

func (c *Config) addBootWord(word string, warn Warn) {
	if list, ok := strings.CutPrefix(word, blacklistOption); ok {
		c.Blacklist = append(c.Blacklist, strings.Split(list, ",")...)
		return
	}
	if strings.HasPrefix(word, systemPrefix) {
		return
	}
	around := strings.HasPrefix(word, `"`)
	module, param, ok := strings.Cut(strings.TrimPrefix(word, `"`), ".")
	if !ok || module == "" || strings.ContainsAny(module, "\"= \t") {
		return
	}
	key, value, _ := strings.Cut(param, "=")
	if key == "" || strings.ContainsAny(key, "\". \t") {
		return
	}
	if around {
		param = key + `="` + value
	}
	if !quotesMatch(param) {
		return
	}
	name, ok := NormalizeAlias(module)
	if !ok {
		warn("Ignoring bad option on kernel command line while parsing module name: '%s'", module)
		return
	}
	c.Options = append(c.Options, Rule{name, param})
}

func quotesMatch(s string) bool { return strings.Count(s, `"`)%2 == 0 }
