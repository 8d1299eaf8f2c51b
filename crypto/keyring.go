package crypto

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// DefaultWorkFactor is log2 of scrypt's N for new keys, as age itself chooses it: opening a key takes about a second
// and 256 MiB, and so does each guess of its passphrase.
const DefaultWorkFactor = 18

const keySuffix = ".json"

// Keyring is a folder of key files, one per name, that only its owner can read. It keeps nothing in memory; several
// processes may use one folder.
type Keyring struct {
	dir        string
	workFactor int
}

// KeyInfo is what a key file tells without its passphrase.
type KeyInfo struct {
	Name      string  `json:"name"`
	Address   Address `json:"address"`
	Encrypted bool    `json:"encrypted"`        // false: whoever can read the file has the key, unless it is shared
	Shared    *Shared `json:"shared,omitempty"` // of an account without a private key of its own, else nil
}

// OpenKeyring returns the keyring in dir, which comes into being with its first key. It fails when dir is no folder.
func OpenKeyring(dir string) (*Keyring, error) {
	info, err := os.Stat(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("keyring %s: is not a folder", dir)
	}
	return &Keyring{dir: dir, workFactor: DefaultWorkFactor}, nil
}

// WithWorkFactor returns the same keyring with log2 of scrypt's N for the keys that it will create, from 1 to 20.
func (r *Keyring) WithWorkFactor(log2 int) *Keyring {
	return &Keyring{dir: r.dir, workFactor: min(max(log2, 1), maxWorkFactor)}
}

// Create stores a key under a new name, encrypted with passphrase, or in the clear when that is empty (test networks
// only). It refuses a bad name, and a name that is taken with fs.ErrExist. A crash leaves the whole file or none.
func (r *Keyring) Create(name string, key PrivateKey, passphrase []byte) error {
	if err := CheckKeyName(name); err != nil {
		return err
	}
	if _, err := os.Lstat(r.path(name)); err == nil { // before a second of scrypt; writeNew has the last word
		return fmt.Errorf("key %q: %w", name, fs.ErrExist)
	}
	file, err := sealKey(key, passphrase, r.workFactor)
	if err != nil {
		return fmt.Errorf("key %q: %w", name, err)
	}
	return r.write(name, file)
}

// CreateShared stores, under a new name, an account that several keys hold together. It refuses as Create does.
func (r *Keyring) CreateShared(name string, shared Shared) (KeyInfo, error) {
	if err := CheckKeyName(name); err != nil {
		return KeyInfo{}, err
	}
	address, err := shared.Address()
	if err != nil {
		return KeyInfo{}, fmt.Errorf("key %q: %w", name, err)
	}
	file := keyFile{Type: sharedFileType, Version: keyFileVersion, Address: address, Shared: &shared}
	return file.info(name), r.write(name, file)
}

func (r *Keyring) write(name string, file keyFile) error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	if err := writeNew(r.path(name), file.encode()); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("key %q: %w", name, fs.ErrExist)
	} else if err != nil {
		return fmt.Errorf("key %q: %w", name, err)
	}
	return nil
}

// List returns what the keyring holds, sorted by name; none when the folder does not exist yet. Files that are no
// keys do not hide the others: they are joined in the error, beside the keys that could be read.
func (r *Keyring) List() ([]KeyInfo, error) {
	entries, err := os.ReadDir(r.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	var infos []KeyInfo
	var problems []error
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), keySuffix)
		if !ok {
			continue
		}
		info, err := r.Info(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		infos = append(infos, info)
	}
	slices.SortFunc(infos, func(a, b KeyInfo) int { return cmp.Compare(a.Name, b.Name) })
	return infos, errors.Join(problems...)
}

// Info returns what the key of a name tells without its passphrase; fs.ErrNotExist when there is none.
func (r *Keyring) Info(name string) (KeyInfo, error) {
	file, err := r.read(name)
	if err != nil {
		return KeyInfo{}, err
	}
	return file.info(name), nil
}

func (f keyFile) info(name string) KeyInfo {
	return KeyInfo{Name: name, Address: f.Address, Encrypted: f.Encrypted != nil, Shared: f.Shared}
}

// Load returns the key of a name. When it is encrypted, passphrase is called once and its error returned as it is.
// Errors are fs.ErrNotExist, ErrWrongPassphrase, ErrShared, or say what is wrong with the file.
func (r *Keyring) Load(name string, passphrase func(name string) ([]byte, error)) (PrivateKey, error) {
	file, err := r.read(name)
	if err != nil {
		return PrivateKey{}, err
	}
	key, err := file.open(func() ([]byte, error) { return passphrase(name) })
	if err != nil {
		return PrivateKey{}, fmt.Errorf("key %q: %w", name, err)
	}
	return key, nil
}

func (r *Keyring) read(name string) (keyFile, error) {
	if err := CheckKeyName(name); err != nil {
		return keyFile{}, err
	}
	file, err := readKeyFile(r.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return keyFile{}, fmt.Errorf("key %q: %w", name, fs.ErrNotExist)
	}
	return file, err
}

func (r *Keyring) path(name string) string { return filepath.Join(r.dir, name+keySuffix) }

var keyName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// CheckKeyName reports why name cannot name a key. Names stay plain so that they are file names everywhere, and
// differ from every address so that commands can take either.
func CheckKeyName(name string) error {
	if !keyName.MatchString(name) {
		return fmt.Errorf("key name %q: must be 1 to 64 of a-z 0-9 . _ - and start with a letter or digit", shorten(name))
	}
	if strings.HasPrefix(name, HRP+"1") {
		return fmt.Errorf("key name %q: must not start with %q, as addresses do", name, HRP+"1")
	}
	return nil
}
