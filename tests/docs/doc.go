// Package docs checks the documents: every link leads somewhere, every path
// and every Go symbol that is named exists.
package docs
