package finality

import "container/heap"

// queue is a doubly linked list of entries, oldest first.
type queue struct {
	head, tail *entry
	len        int
}

func (q *queue) push(e *entry) {
	e.prev, e.next = q.tail, nil
	if q.tail == nil {
		q.head = e
	} else {
		q.tail.next = e
	}
	q.tail = e
	q.len++
}

func (q *queue) remove(e *entry) {
	if e.prev == nil {
		q.head = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		q.tail = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next = nil, nil
	q.len--
}

func (q *queue) front() *entry { return q.head }

// expiryHeap holds the pending entries, the first to expire on top.
type expiryHeap []*entry

func (h *expiryHeap) add(e *entry) { heap.Push(h, e) }

// drop removes e if it is there.
func (h *expiryHeap) drop(e *entry) {
	if e.heapIndex >= 0 {
		heap.Remove(h, e.heapIndex)
	}
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].validUntil < h[j].validUntil }
func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].heapIndex, h[j].heapIndex = i, j
}
func (h *expiryHeap) Push(x any) {
	e := x.(*entry)
	e.heapIndex = len(*h)
	*h = append(*h, e)
}
func (h *expiryHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	e.heapIndex = -1
	return e
}
