package i386

type sseState struct{}

func (s *sseState) reset() {}
