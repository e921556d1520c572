//go:build !unix

package machine

// allocRAM gives n zeroed bytes.
func allocRAM(n uint64) ([]byte, error) {
	if n > uint64(maxInt) {
		return nil, errHostMemory(n)
	}
	return make([]byte, n), nil
}
