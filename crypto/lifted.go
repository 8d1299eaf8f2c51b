package crypto

import "sync"

// liftedKeys is how many keys a generation holds: two of them take some 2.5 MB.
const liftedKeys = 8192

// lifted remembers the points of keys that signed lately, in two generations: to find one is a square root, a tenth of
// verifying a signature, and who signs once mostly signs again. Keys that are not on the curve are not remembered.
var lifted struct {
	sync.Mutex
	young, old map[PublicKey]affinePoint
}

// liftKey is liftX of a key.
func liftKey(key PublicKey) (affinePoint, bool) {
	lifted.Lock()
	p, ok := lifted.young[key]
	if !ok {
		if p, ok = lifted.old[key]; ok {
			rememberKey(key, p)
		}
	}
	lifted.Unlock()
	if ok {
		return p, true
	}
	if p, ok = liftX(key[:]); ok {
		lifted.Lock()
		rememberKey(key, p)
		lifted.Unlock()
	}
	return p, ok
}

// rememberKey is called with the lock held.
func rememberKey(key PublicKey, p affinePoint) {
	if lifted.young == nil || len(lifted.young) >= liftedKeys {
		lifted.old, lifted.young = lifted.young, make(map[PublicKey]affinePoint)
	}
	lifted.young[key] = p
}
