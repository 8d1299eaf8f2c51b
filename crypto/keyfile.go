package crypto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
)

const (
	keyFileType    = "blink account key"
	sharedFileType = "blink shared account"
	keyFileVersion = 1
	maxKeyFile     = 16 << 10 // bytes; a key file has under 1 KiB, a shared account of 16 keys under 2
	maxWorkFactor  = 20       // log2; more would take 1 GiB and several seconds, so the file is not ours
)

// ErrWrongPassphrase says that a key file does not open with the passphrase given.
var ErrWrongPassphrase = errors.New("wrong passphrase")

// keyFile is what stands in a key file: exactly one of Encrypted and InsecurePrivateKey, or in that of a shared account
// Shared alone. The address stands in the clear, so that keys can be listed without their passphrases.
type keyFile struct {
	Type               string  `json:"type"`
	Version            int     `json:"version"`
	Address            Address `json:"address"`
	Encrypted          []byte  `json:"encrypted,omitempty"`            // age file (scrypt), in base64, of a keySecret
	InsecurePrivateKey string  `json:"insecure_private_key,omitempty"` // hex, without any protection
	Shared             *Shared `json:"shared,omitempty"`
}

// keySecret is what is encrypted.
type keySecret struct {
	PrivateKey string `json:"private_key"` // hex
}

// WriteKeyFile writes a key without encryption to a new file that only its owner can read: for the faucet of a test
// network, or any key that a process must open without a person. It refuses an existing file (fs.ErrExist).
func WriteKeyFile(path string, key PrivateKey) error {
	file, err := sealKey(key, nil, 0)
	if err != nil {
		return fmt.Errorf("write key file %s: %w", path, err)
	}
	if err := writeNew(path, file.encode()); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}

// LoadKeyFile reads what WriteKeyFile wrote. It refuses an encrypted file.
func LoadKeyFile(path string) (PrivateKey, error) {
	file, err := readKeyFile(path)
	if err != nil {
		return PrivateKey{}, err
	}
	key, err := file.open(func() ([]byte, error) { return nil, errors.New("it is encrypted, and no passphrase can be given here") })
	if err != nil {
		return PrivateKey{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return key, nil
}

// sealKey makes the file of a key: encrypted, or in the clear when passphrase is empty. workFactor is log2 of scrypt's N.
func sealKey(key PrivateKey, passphrase []byte, workFactor int) (keyFile, error) {
	if key.hidden == nil {
		return keyFile{}, errors.New("no private key")
	}
	file := keyFile{Type: keyFileType, Version: keyFileVersion, Address: key.Address()}
	secret := hex.EncodeToString(key.Bytes())
	if len(passphrase) == 0 {
		file.InsecurePrivateKey = secret
		return file, nil
	}
	recipient, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return keyFile{}, err
	}
	recipient.SetWorkFactor(workFactor)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return keyFile{}, err
	}
	if err := errors.Join(json.NewEncoder(w).Encode(keySecret{secret}), w.Close()); err != nil {
		return keyFile{}, err
	}
	file.Encrypted = sealed.Bytes()
	return file, nil
}

// open returns the key of a file; it asks for the passphrase only when one is needed. The key must be that of the
// address in the clear: who swaps files in the folder must not be able to swap accounts unseen.
func (f keyFile) open(passphrase func() ([]byte, error)) (PrivateKey, error) {
	if f.Shared != nil {
		return PrivateKey{}, ErrShared
	}
	digits := f.InsecurePrivateKey
	if f.Encrypted != nil {
		phrase, err := passphrase()
		if err != nil {
			return PrivateKey{}, err
		}
		if digits, err = decrypt(f.Encrypted, phrase); err != nil {
			return PrivateKey{}, err
		}
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return PrivateKey{}, errors.New("the private key is not hex")
	}
	key, err := PrivateKeyFromBytes(raw)
	if err != nil {
		return PrivateKey{}, err
	}
	if key.Address() != f.Address {
		return PrivateKey{}, fmt.Errorf("says address %s, but its key is that of %s", f.Address, key.Address())
	}
	return key, nil
}

// decrypt returns the hex digits inside an encrypted key.
func decrypt(sealed, passphrase []byte) (string, error) {
	identity, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return "", ErrWrongPassphrase // empty
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if errors.As(err, new(*age.NoIdentityMatchError)) {
		return "", ErrWrongPassphrase
	}
	if err != nil {
		return "", fmt.Errorf("the encrypted part is damaged: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxKeyFile))
	if err != nil {
		return "", fmt.Errorf("the encrypted part is damaged: %w", err)
	}
	var secret keySecret
	if err := decodeStrict(plain, &secret); err != nil {
		return "", fmt.Errorf("the encrypted part is no key: %w", err)
	}
	return secret.PrivateKey, nil
}

func (f keyFile) encode() []byte {
	out, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic(err) // cannot happen: strings, bytes and an address
	}
	return append(out, '\n')
}

// readKeyFile reads a key file and checks its form. What it holds is still sealed.
func readKeyFile(path string) (keyFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return keyFile{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return keyFile{}, err
	}
	file, err := parseKeyFile(data)
	if err != nil {
		return keyFile{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return file, nil
}

func parseKeyFile(data []byte) (keyFile, error) {
	var head struct {
		Type    string `json:"type"`
		Version int    `json:"version"`
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return keyFile{}, errors.New("is empty")
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return keyFile{}, fmt.Errorf("is damaged or no key file: %w", err)
	}
	if head.Type != keyFileType && head.Type != sharedFileType {
		return keyFile{}, fmt.Errorf("is no key file: type must be %q, was %q", keyFileType, shorten(head.Type))
	}
	if head.Version != keyFileVersion {
		return keyFile{}, fmt.Errorf("version must be %d, was %d: a newer blinkd wrote it", keyFileVersion, head.Version)
	}
	var file keyFile
	if err := decodeStrict(data, &file); err != nil {
		return keyFile{}, fmt.Errorf("is damaged: %w", err)
	}
	if file.Address.IsZero() {
		return keyFile{}, errors.New("is damaged: address is missing")
	}
	if err := file.checkContent(); err != nil {
		return keyFile{}, err
	}
	return file, nil
}

// checkContent checks that the file holds what its type says. The address of a shared account must be that of its
// members: coins must not go to another because somebody changed the file.
func (f keyFile) checkContent() error {
	if f.Type == keyFileType {
		if f.Shared != nil || (f.Encrypted == nil) == (f.InsecurePrivateKey == "") {
			return errors.New("must have either encrypted or insecure_private_key")
		}
		return nil
	}
	if f.Shared == nil || f.Encrypted != nil || f.InsecurePrivateKey != "" {
		return errors.New("must have shared, and no key")
	}
	address, err := f.Shared.Address()
	if err != nil {
		return fmt.Errorf("is damaged: shared: %w", err)
	}
	if address != f.Address {
		return fmt.Errorf("says address %s, but its members make %s", f.Address, address)
	}
	return nil
}

// decodeStrict refuses unknown fields and anything after the value.
func decodeStrict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows after its end")
	}
	return nil
}
