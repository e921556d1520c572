package box

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a time as the -d options take it: "@SECONDS" since the
// epoch, or an ISO 8601 date with or without a time of day.
func ParseTime(text string) (time.Time, error) {
	if seconds, ok := strings.CutPrefix(text, "@"); ok {
		n, err := strconv.ParseInt(seconds, 10, 64)
		return time.Unix(n, 0), err
	}
	for _, layout := range []string{
		"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339,
	} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("invalid date")
}
