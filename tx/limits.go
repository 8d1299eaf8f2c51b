package tx

// Limits that hold in every state and on every blink chain: Decode refuses what breaks them. A chain's genesis may
// set narrower ones where it has a parameter for it.
const (
	MaxTxBytes      = 64 << 10 // a signed transaction on the wire, in bytes
	MaxMsgs         = 16       // messages in one transaction; they execute together or not at all
	MaxMemoBytes    = 256      // a memo, in bytes of UTF-8
	MaxChainIDBytes = 50       // a chain id; CometBFT's own limit
	MaxMonikerBytes = 64       // a validator's name, in bytes of UTF-8
	MaxDetailsBytes = 256      // a validator's description, in bytes of UTF-8
	MaxValidFor     = 3600     // how far ahead of block time valid_until may lie, in seconds; checked where the block time is known

	MaxValidUntil  = 253_402_300_799 // valid_until in unix seconds: the end of the year 9999, so that every clock and calendar can show it
	MaxBasisPoints = 10_000          // the whole, in units of 1/10000
	SignatureBytes = 64              // the witness of a kind-0 account
)
