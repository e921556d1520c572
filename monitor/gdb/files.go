package gdb

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// openFiles are what a client reads through vFile ("File-I/O Remote Protocol",
// "Host I/O Packets"); a descriptor is an index.
type openFiles [][]byte

// maxFiles bounds the files that a client has open.
const maxFiles = 64

// Error numbers of the protocol ("Errno Values").
const (
	errnoNoEntry = 2
	errnoBadFile = 9
	errnoInvalid = 22
	errnoMany    = 24
)

func fileError(errno int) string { return fmt.Sprintf("F-1,%x", errno) }

// file answers vFile packets, for reading only.
func (c *client) file(p string) string {
	op, args, _ := strings.Cut(p, ":")
	f := strings.Split(args, ",")
	switch op {
	case "setfs":
		return "F0"
	case "open":
		name, err := hex.DecodeString(f[0])
		if err != nil {
			return fileError(errnoInvalid)
		}
		return c.open(string(name))
	case "close", "fstat", "pread":
		fd, err := strconv.ParseUint(f[0], 16, 32)
		if err != nil || fd >= uint64(len(c.files)) || c.files[fd] == nil {
			return fileError(errnoBadFile)
		}
		switch op {
		case "close":
			c.files[fd] = nil
			return "F0"
		case "fstat":
			st := stat(len(c.files[fd]))
			return fmt.Sprintf("F%x;%s", len(st), escape(st))
		}
		return pread(c.files[fd], f[1:])
	case "readlink", "unlink", "pwrite", "stat":
		return fileError(errnoNoEntry)
	}
	return ""
}

func (c *client) open(name string) string {
	data, ok := c.Guest.File(name)
	if !ok || data == nil {
		return fileError(errnoNoEntry)
	}
	for fd := range c.files {
		if c.files[fd] == nil {
			c.files[fd] = data
			return fmt.Sprintf("F%x", fd)
		}
	}
	if len(c.files) == maxFiles {
		return fileError(errnoMany)
	}
	c.files = append(c.files, data)
	return fmt.Sprintf("F%x", len(c.files)-1)
}

func pread(data []byte, args []string) string {
	if len(args) != 2 {
		return fileError(errnoInvalid)
	}
	n, off, ok := span(strings.Join(args, ","))
	if !ok {
		return fileError(errnoInvalid)
	}
	data = data[min(off, uint64(len(data))):]
	const room = maxPacket/2 - 16
	data = data[:min(n, room, uint64(len(data)))]
	return fmt.Sprintf("F%x;%s", len(data), escape(data))
}

// stat is a struct stat of the protocol, big-endian: a regular file, of a size.
func stat(size int) []byte {
	const (
		length  = 64
		offMode = 8
		offSize = 28
		regular = 0o100444
	)
	b := make([]byte, length)
	binary.BigEndian.PutUint32(b[offMode:], regular)
	binary.BigEndian.PutUint64(b[offSize:], uint64(size))
	return b
}
