package debuginfo

// Funcs lists the functions that have code of their own, by address. The caller
// must not change them.
func (im *Image) Funcs() []Func { return im.index().funcs }

// MainFile says that a file is what a compilation unit was compiled from, and
// not one that it includes.
func (im *Image) MainFile(file string) bool {
	for _, u := range im.units {
		if files := u.files(); len(files) > 0 && files[0] == file {
			return true
		}
	}
	return false
}
