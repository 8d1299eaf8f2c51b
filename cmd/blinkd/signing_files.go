package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"blink/crypto"
)

// Types of the files that signers exchange. None holds a secret.
const (
	nonceFileType     = "blink musig nonce"             // first round of MuSig2
	partialFileType   = "blink musig partial signature" // second round
	signatureFileType = "blink signature"               // of one key of a threshold account
	signingVersion    = 1
)

// signingFile is what one signer gives to the others. Type says which of the last four fields it has.
type signingFile struct {
	Type      string         `json:"type"`
	Version   int            `json:"version"`
	Account   crypto.Address `json:"account"`
	Signer    crypto.Address `json:"signer"`
	Message   hexBytes       `json:"message"` // the hash that is signed
	Nonce     hexBytes       `json:"nonce,omitempty"`
	Nonces    []hexBytes     `json:"nonces,omitempty"` // of all keys, in ascending order of the keys
	Partial   hexBytes       `json:"partial_signature,omitempty"`
	Signature hexBytes       `json:"signature,omitempty"`

	path string
}

// hexBytes are written in hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func (s *signing) file(kind string, signer crypto.Address) signingFile {
	return signingFile{Type: kind, Version: signingVersion, Account: s.body.Sender, Signer: signer, Message: s.hash[:]}
}

// collect reads the files of one kind and returns them in the order of the members, nil where there is none. It refuses
// what is not for this transaction, and two files of one signer.
func (s *signing) collect(paths []string, kind string) ([]*signingFile, error) {
	files := make([]*signingFile, len(s.shared.Members))
	for _, path := range paths {
		f, err := readSigningFile(path, kind)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if f.Account != s.body.Sender || !bytes.Equal(f.Message, s.hash[:]) {
			return nil, hint{fmt.Errorf("%s: is for another transaction than %s", path, s.path), "all signers must have the same " + s.path}
		}
		i := slices.Index(s.shared.Members, f.Signer)
		if i < 0 {
			return nil, fmt.Errorf("%s: is of %s, none of the keys of %s", path, s.names.of(f.Signer), s.name)
		}
		if files[i] != nil {
			return nil, fmt.Errorf("%s and %s are both of %s; give one", files[i].path, path, s.names.of(f.Signer))
		}
		if err := f.checkContent(len(files)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files[i] = f
	}
	return files, nil
}

// collectAll is collect where no member may be missing.
func (s *signing) collectAll(paths []string, kind string) ([]*signingFile, error) {
	files, err := s.collect(paths, kind)
	if err != nil {
		return nil, err
	}
	var missing []crypto.Address
	for i, f := range files {
		if f == nil {
			missing = append(missing, s.shared.Members[i])
		}
	}
	if len(missing) > 0 {
		return nil, hint{fmt.Errorf("there is no file of %s", s.names.list(missing, s.names.of)),
			fmt.Sprintf("give those of all %d keys of %s", len(files), s.name)}
	}
	return files, nil
}

func readSigningFile(path, kind string) (*signingFile, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var head struct {
		Type    string `json:"type"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("is damaged or no file of a signer: %w", err)
	}
	if head.Type != kind {
		return nil, fmt.Errorf("type must be %q, was %.40q", kind, head.Type)
	}
	if head.Version != signingVersion {
		return nil, fmt.Errorf("version must be %d, was %d: a newer blinkd wrote it", signingVersion, head.Version)
	}
	f := &signingFile{path: path}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f); err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("is damaged: something follows after its end")
	}
	return f, nil
}

// checkContent checks the fields that the type asks for, of an account with the given number of members.
func (f *signingFile) checkContent(members int) error {
	switch f.Type {
	case nonceFileType:
		return checkNonce("nonce", f.Nonce)
	case partialFileType:
		if len(f.Nonces) != members {
			return fmt.Errorf("nonces: must be %d, one per key, was %d", members, len(f.Nonces))
		}
		for i, nonce := range f.Nonces {
			if err := checkNonce(fmt.Sprintf("nonces[%d]", i), nonce); err != nil {
				return err
			}
		}
		return checkLength("partial_signature", f.Partial, len(crypto.PartialSignature{}))
	}
	return checkLength("signature", f.Signature, len(crypto.Signature{}))
}

func checkNonce(field string, nonce []byte) error {
	if _, err := crypto.ParsePublicNonce(nonce); err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}

func checkLength(field string, b []byte, want int) error {
	if len(b) != want {
		return fmt.Errorf("%s: must be %d bytes in hexadecimal, was %d", field, want, len(b))
	}
	return nil
}

// newFile is a file that is there before its content: whether it can be written is known before a nonce is used up.
type newFile struct {
	w    io.Writer
	file *os.File // nil for stdout
	kept bool
}

// createFile makes a file that must not exist yet; without a path it is stdout.
func (env *environment) createFile(path string) (*newFile, error) {
	if path == "" {
		return &newFile{w: env.stdout}, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, hint{fmt.Errorf("--out: %s exists already", path), "name another file, or remove that one"}
	}
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return &newFile{w: f, file: f}, nil
}

// keep writes the content; from then on the file stays.
func (n *newFile) keep(content signingFile) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	if _, err := n.w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if n.file != nil {
		if err := errors.Join(n.file.Sync(), n.file.Close()); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	n.kept = true
	return nil
}

// discard removes a file that got no content.
func (n *newFile) discard() {
	if n.file != nil && !n.kept {
		_ = n.file.Close()
		_ = os.Remove(n.file.Name())
	}
}
