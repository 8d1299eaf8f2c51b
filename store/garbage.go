package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
)

// What a tree version leaves behind, once no height that is kept has it any more, is written down when the next version is
// saved: the nodes that it has and the next one has not. Most of them were written lately, and what refers to what is in
// memory. iavl's own pruning compares the two trees when the older one goes, a thousand heights later, and reads both
// from disk for it.

// nodeID names a node as iavl does: the version that it was saved with, and its number there, from 1 on for the root.
type nodeID struct {
	version int64
	nonce   uint32
}

func (id nodeID) isZero() bool { return id == nodeID{} }

func (id nodeID) encode(b []byte) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(b, uint64(id.version)), id.nonce)
}

const nodeIDLen = 12

// decodeNodeID reads the first nodeIDLen bytes of b.
func decodeNodeID(b []byte) nodeID {
	return nodeID{int64(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint32(b[8:])}
}

func rootID(version int64) nodeID { return nodeID{version, 1} }

// children are those of an inner node; a leaf has none. A root's row that refers to another node has that one, left.
type children struct{ left, right nodeID }

// links remembers the children of nodes that were saved or read lately: two generations of at most maxLinks. One goroutine.
type links struct{ young, old map[nodeID]children }

const maxLinks = 1 << 16

func (l *links) put(id nodeID, c children) {
	if len(l.young) >= maxLinks || l.young == nil {
		l.old, l.young = l.young, make(map[nodeID]children)
	}
	l.young[id] = c
}

// take returns the children of a node and forgets them.
func (l *links) take(id nodeID) (c children, ok bool) {
	if c, ok = l.young[id]; ok {
		delete(l.young, id)
	} else if c, ok = l.old[id]; ok {
		delete(l.old, id)
	}
	return c, ok
}

// successor is what a tree version that is being saved takes over from the one before it.
type successor struct {
	links *links
	kept  map[nodeID]bool // nodes of the version before that a new node, or the root, refers to: with all below them
	err   error           // a node that could not be read
}

// saved notes a node that iavl writes.
func (s *successor) saved(id nodeID, value []byte) {
	c, err := below(value)
	if err != nil {
		s.err = errors.Join(s.err, fmt.Errorf("node %v: %w", id, err))
		return
	}
	s.links.put(id, c)
	for _, child := range []nodeID{c.left, c.right} {
		if child.version < id.version && !child.isZero() {
			s.kept[child] = true
		}
	}
}

// garbage puts down what version has and the next one, whose nodes have all been saved, has not.
func (s *Store) garbage(batch *leveldb.Batch, version int64, next *successor) error {
	if next.err != nil {
		return next.err
	}
	if version == 0 {
		return nil
	}
	var list []byte
	for todo := []nodeID{rootID(version)}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id.isZero() || next.kept[id] {
			continue
		}
		list = id.encode(list)
		c, ok := next.links.take(id)
		if !ok {
			value, err := s.nodes.read(id)
			if err != nil {
				return err
			}
			if c, err = below(value); err != nil {
				return fmt.Errorf("node %v: %w", id, err)
			}
		}
		todo = append(todo, c.right, c.left)
	}
	batch.Put(heightKey(keyGarbage, version), list)
	return nil
}

// collect puts the removal of what version leaves behind into the batch.
func (s *Store) collect(batch *leveldb.Batch, version int64) error {
	key := heightKey(keyGarbage, version)
	list, err := s.db.Get(key, nil)
	if err != nil {
		return fmt.Errorf("what tree version %d leaves behind: %w", version, err)
	}
	if len(list)%nodeIDLen != 0 {
		return fmt.Errorf("what tree version %d leaves behind is damaged: %d bytes", version, len(list))
	}
	for ; len(list) > 0; list = list[nodeIDLen:] {
		batch.Delete(s.nodes.keyOf(append([]byte{iavlNode}, list[:nodeIDLen]...)))
	}
	batch.Delete(key)
	return nil
}

var errBadNode = errors.New("tree node is damaged or of another format")

// below reads what the row of a node or of a root refers to. That of an empty tree refers to nothing.
func below(value []byte) (children, error) {
	if to, elsewhere := referredRoot(value); elsewhere {
		return children{left: to}, nil
	}
	return childrenIn(value)
}

// childrenIn reads the children of a node as iavl writes it (v1.3.6 node.go, writeBytes): height, size, key, and of an inner
// node its hash, a mode, and each child's version and nonce. An empty tree has none.
func childrenIn(value []byte) (c children, err error) {
	if len(value) == 0 {
		return c, nil
	}
	r := nodeReader{b: value}
	height := r.varint()
	r.varint() // size
	r.skip()   // key
	if height == 0 {
		r.skip() // value
	} else {
		r.skip() // hash
		if mode := r.varint(); mode != 0 {
			return c, errBadNode
		}
		for _, child := range []*nodeID{&c.left, &c.right} {
			*child = nodeID{r.varint(), uint32(r.varint())}
			r.bad = r.bad || child.version < 1 || child.nonce < 1
		}
	}
	if r.bad || len(r.b) > 0 {
		return children{}, errBadNode
	}
	return c, nil
}

// referredRoot returns the node that a root's row refers to, if the row is no node itself: a version that changed nothing,
// or whose tree is a part of the one before, has the key of another node there.
func referredRoot(value []byte) (nodeID, bool) {
	if len(value) != 1+nodeIDLen || value[0] != iavlNode {
		return nodeID{}, false
	}
	return decodeNodeID(value[1:]), true
}

// nodeReader reads the fields of an encoded node.
type nodeReader struct {
	b   []byte
	bad bool
}

func (r *nodeReader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

// skip passes a field that is preceded by its length.
func (r *nodeReader) skip() {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > uint64(len(r.b)-n) {
		r.b, r.bad = nil, true
		return
	}
	r.b = r.b[n+int(v):]
}
