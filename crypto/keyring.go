package crypto

// Keyring is a folder of key files, one per name.
type Keyring struct {
	dir        string
	workFactor int
}

// KeyInfo is what a key file tells without its passphrase.
type KeyInfo struct {
	Name      string
	Address   Address
	Encrypted bool
}

// OpenKeyring returns the keyring in dir.
func OpenKeyring(dir string) (*Keyring, error) { return &Keyring{dir: dir}, nil }

// Create stores key under name.
func (r *Keyring) Create(name string, key PrivateKey, passphrase []byte) error { panic("not yet") }

// List returns the keys sorted by name.
func (r *Keyring) List() ([]KeyInfo, error) { panic("not yet") }

// Load returns the key of a name; it asks passphrase only when the file is encrypted.
func (r *Keyring) Load(name string, passphrase func(name string) ([]byte, error)) (PrivateKey, error) {
	panic("not yet")
}

// WriteKeyFile writes a key, without encryption, to a new file.
func WriteKeyFile(path string, key PrivateKey) error { panic("not yet") }

// LoadKeyFile reads what WriteKeyFile wrote.
func LoadKeyFile(path string) (PrivateKey, error) { panic("not yet") }
