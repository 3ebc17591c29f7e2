// Judge what is on standard input with golang.org/x/mod/sumdb, which the authors of Go wrote for
// their checksum database; nothing of ours is here but the reading of files and JSON.
//
// Each case is answered with whether it was believed.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8 // Of C2SP tlog-tiles, whose addresses do not say it.
	tileWidth  = 1 << tileHeight
)

var errUnequal = errors.New("not what the log says")

// A question is one case. JSON spells its bytes in base64.
type question struct {
	Check     string
	VKey      string
	Note, Old string
	Unknown   []string
	Index     int64
	Proof     [][]byte
	Entry     []byte
	Folder    string
}

type signedTree struct {
	tlog.Tree
	unknown []string
}

var checks = map[string]func(question) error{
	"note":        checkNote,
	"cosigned":    checkCosigned,
	"inclusion":   checkInclusion,
	"consistency": checkConsistency,
	"log":         checkLog,
	"proving":     checkProving,
}

func main() {
	log.SetFlags(0)
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		log.Fatal(err)
	}
	believed := make([]bool, len(questions))
	for at, asked := range questions {
		check, known := checks[asked.Check]
		if !known {
			log.Fatalf("there is no check %q", asked.Check)
		}
		believed[at] = check(asked) == nil
	}
	if err := json.NewEncoder(os.Stdout).Encode(believed); err != nil {
		log.Fatal(err)
	}
}

// openTree verifies a checkpoint with the one key that is known, and reads it.
func openTree(signed, vkey string) (tree signedTree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, errUnequal
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return tree, err
	}
	for _, signature := range opened.UnverifiedSigs {
		tree.unknown = append(tree.unknown, signature.Name)
	}
	return tree, nil
}

func hashes(proof [][]byte) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(proof))
	for at, hash := range proof {
		if copy(read[at][:], hash) != len(hash) || len(hash) != tlog.HashSize {
			return nil, errUnequal
		}
	}
	return read, nil
}

func checkNote(asked question) error {
	_, err := openTree(asked.Note, asked.VKey)
	return err
}

// checkCosigned wants the lines of witnesses to be passed over, and every one of them to be seen.
func checkCosigned(asked question) error {
	tree, err := openTree(asked.Note, asked.VKey)
	if err == nil && !reflect.DeepEqual(tree.unknown, asked.Unknown) {
		return errUnequal
	}
	return err
}

func checkInclusion(asked question) error {
	tree, err := openTree(asked.Note, asked.VKey)
	if err != nil {
		return err
	}
	proof, err := hashes(asked.Proof)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, asked.Index, tlog.RecordHash(asked.Entry))
}

func checkConsistency(asked question) error {
	old, err := openTree(asked.Old, asked.VKey)
	if err != nil {
		return err
	}
	tree, err := openTree(asked.Note, asked.VKey)
	if err != nil {
		return err
	}
	proof, err := hashes(asked.Proof)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

// A published log is a folder; Go reads its tiles and holds each against the checkpoint.
type published struct {
	folder string
	tree   signedTree
	hashes tlog.HashReader
}

func openLog(asked question) (published, error) {
	opened := published{folder: asked.Folder}
	signed, err := os.ReadFile(filepath.Join(asked.Folder, "checkpoint"))
	if err != nil {
		return opened, err
	}
	opened.tree, err = openTree(string(signed), asked.VKey)
	opened.hashes = tlog.TileHashReader(opened.tree.Tree, opened)
	return opened, err
}

func (opened published) Height() int { return tileHeight }

func (opened published) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for at, tile := range tiles {
		address := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
		data, err := os.ReadFile(filepath.Join(opened.folder, "tile", filepath.FromSlash(address)))
		if err != nil {
			return nil, err
		}
		read[at] = data
	}
	return read, nil
}

func (opened published) SaveTiles([]tlog.Tile, [][]byte) {}

// entries reads what is recorded: each entry behind its length, 256 of them in a file.
func (opened published) entries() (read [][]byte, err error) {
	for first := int64(0); first < opened.tree.N; first += tileWidth {
		tile := tlog.Tile{H: tileHeight, L: -1, N: first / tileWidth, W: tileWidth}
		if rest := opened.tree.N - first; rest < tileWidth {
			tile.W = int(rest)
		}
		address := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/data/", tileHeight))
		name := filepath.Join(opened.folder, "tile", "entries", filepath.FromSlash(address))
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for count := 0; count < tile.W; count++ {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				return nil, errUnequal
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			read, data = append(read, data[2:end]), data[end:]
		}
		if len(data) != 0 {
			return nil, errUnequal
		}
	}
	return read, nil
}

// checkLog reads a log whole: every entry of it is proved, and every tree before it.
func checkLog(asked question) error {
	opened, err := openLog(asked)
	if err != nil {
		return err
	}
	tree := opened.tree
	if root, err := tlog.TreeHash(tree.N, opened.hashes); err != nil || root != tree.Hash {
		return errUnequal
	}
	entries, err := opened.entries()
	if err != nil {
		return err
	}
	for index, entry := range entries {
		if err := opened.checkEntry(int64(index), entry); err != nil {
			return err
		}
	}
	for size := int64(1); size <= tree.N; size++ {
		if err := opened.checkBefore(size); err != nil {
			return err
		}
	}
	return nil
}

func (opened published) checkEntry(index int64, entry []byte) error {
	proof, err := tlog.ProveRecord(opened.tree.N, index, opened.hashes)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(entry)
	return tlog.CheckRecord(proof, opened.tree.N, opened.tree.Hash, index, leaf)
}

func (opened published) checkBefore(size int64) error {
	root, err := tlog.TreeHash(size, opened.hashes)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(opened.tree.N, size, opened.hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, opened.tree.N, opened.tree.Hash, size, root)
}

// checkProving wants Go to make, from our tiles, the very proof that we made.
func checkProving(asked question) error {
	opened, err := openLog(asked)
	if err != nil {
		return err
	}
	var made []tlog.Hash
	if asked.Old == "" {
		made, err = tlog.ProveRecord(opened.tree.N, asked.Index, opened.hashes)
	} else {
		var old signedTree
		if old, err = openTree(asked.Old, asked.VKey); err != nil {
			return err
		}
		made, err = tlog.ProveTree(opened.tree.N, old.N, opened.hashes)
	}
	if err != nil {
		return err
	}
	if len(made) != len(asked.Proof) {
		return errUnequal
	}
	for at, hash := range made {
		if !bytes.Equal(hash[:], asked.Proof[at]) {
			return errUnequal
		}
	}
	return nil
}
