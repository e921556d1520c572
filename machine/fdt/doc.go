// Package fdt builds flattened device trees, the description of a board that
// its firmware or kernel reads at start.
//
// It follows the Devicetree Specification 0.4, chapter 5 (format version 17)
// and 2.2 to 2.4 (names and values). It writes only; properties keep the order
// in which they were added, so the same tree always gives the same bytes.
//
// Omitted: the memory reservation block has no entries, and there is no parser.
package fdt
