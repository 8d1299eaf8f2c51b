package tx

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// ProposalContent is what happens when a proposal passes. The set is closed: TextProposal, ParamsProposal and
// UpgradeProposal, all value types.
type ProposalContent interface {
	// Type is the name in JSON and in the schema's oneof: "text", "params" or "upgrade".
	Type() string

	kind() uint8
	appendFields(buf []byte) []byte // canonical fields, without tag and length
	check() *Refusal                // stateless bounds; paths start inside the content
}

// Kinds of content, as state names them. In SubmitProposal the field number is contentField plus the kind.
const (
	ContentText    uint8 = 1
	ContentParams  uint8 = 2
	ContentUpgrade uint8 = 3

	contentField protowire.Number = 3
)

// TextProposal has no effect on the chain: title and summary say it all.
type TextProposal struct{}

// ParamsProposal changes parameters of the chain, all of them together or none.
type ParamsProposal struct {
	Changes []ParamChange // 1 to MaxParamChanges, strictly ascending by name
	Height  int64         // of the block in which they change; 0: as soon as the proposal has passed
}

// UpgradeProposal says that from a height on blocks are executed by the rules of another version: nodes that do not
// know it stop there.
type UpgradeProposal struct {
	AppVersion uint64 `json:"app_version"` // above 0
	Name       string `json:"name"`        // of the release, such as "v0.2.0": 1 to MaxUpgradeNameBytes, on one line
	Height     int64  `json:"height"`      // of the first block under the new rules, 1 to MaxHeight
}

// contentKind is how one kind of content is read. Both readers leave bounds to check.
type contentKind struct {
	kind     uint8
	name     string
	fromWire func(*wireReader) ProposalContent
	fromJSON func(*jsonReader) ProposalContent
}

// contentKinds is the table of kinds, ascending.
var contentKinds = [...]contentKind{
	{ContentText, TextProposal{}.Type(), readTextProposal, parseTextProposal},
	{ContentParams, ParamsProposal{}.Type(), readParamsProposal, parseParamsProposal},
	{ContentUpgrade, UpgradeProposal{}.Type(), readUpgradeProposal, parseUpgradeProposal},
}

func contentByNumber(n protowire.Number) (contentKind, bool) {
	for _, k := range contentKinds {
		if contentField+protowire.Number(k.kind) == n {
			return k, true
		}
	}
	return contentKind{}, false
}

// EncodeContent gives the kind and the canonical bytes of a content that came out of Decode, for state. Those of a text
// are empty. It panics when c is nil.
func EncodeContent(c ProposalContent) (kind uint8, b []byte) { return c.kind(), c.appendFields(nil) }

// DecodeContent reads what EncodeContent wrote, and nothing else. The error is a *Refusal.
func DecodeContent(kind uint8, b []byte) (ProposalContent, error) {
	k, known := contentByNumber(contentField + protowire.Number(kind))
	if !known {
		return nil, refuse(Unsupported, "", "proposal kind %d is unknown to this version", kind)
	}
	r := wireReader{buf: b}
	c := k.fromWire(&r)
	if r.refusal != nil {
		return nil, r.refusal.within(k.name)
	}
	if refusal := c.check(); refusal != nil {
		return nil, refusal.within(k.name)
	}
	return c, nil
}

// CheckProposal says whether a proposal may read like this and do that. The error is a *Refusal.
func CheckProposal(title, summary string, c ProposalContent) error {
	return SubmitProposal{Title: title, Summary: summary, Content: c}.check().asError()
}

// Type is "text".
func (TextProposal) Type() string { return "text" }

func (TextProposal) kind() uint8 { return ContentText }

func (TextProposal) appendFields(buf []byte) []byte { return buf }

func (TextProposal) check() *Refusal { return nil }

func readTextProposal(r *wireReader) ProposalContent {
	for r.next() {
		r.unknown()
	}
	return TextProposal{}
}

func parseTextProposal(*jsonReader) ProposalContent { return TextProposal{} }

// Type is "upgrade".
func (UpgradeProposal) Type() string { return "upgrade" }

func (UpgradeProposal) kind() uint8 { return ContentUpgrade }

func (c UpgradeProposal) appendFields(buf []byte) []byte {
	buf = appendUint(buf, 1, c.AppVersion)
	buf = appendString(buf, 2, c.Name)
	return appendUint(buf, 3, uint64(c.Height))
}

func (c UpgradeProposal) check() *Refusal {
	if c.AppVersion == 0 {
		return refuse(InvalidField, "app_version", "must be greater than 0, was 0")
	}
	return firstOf(
		checkLabel("name", c.Name, 1, MaxUpgradeNameBytes),
		checkHeight("height", c.Height, 1),
	)
}

func readUpgradeProposal(r *wireReader) ProposalContent {
	var c UpgradeProposal
	for r.next() {
		switch r.number {
		case 1:
			c.AppVersion = r.uint64("app_version")
		case 2:
			c.Name = r.string("name")
		case 3:
			c.Height = r.height("height")
		default:
			r.unknown()
		}
	}
	return c
}

func parseUpgradeProposal(r *jsonReader) ProposalContent {
	return UpgradeProposal{AppVersion: r.uint64("app_version"), Name: r.string("name"), Height: r.int64("height")}
}
