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
	MaxTitleBytes   = 128      // a proposal's title, in bytes of UTF-8
	MaxSummaryBytes = 4096     // a proposal's summary, in bytes of UTF-8: one in each of MaxMsgs does not fit MaxTxBytes
	MaxValidFor     = 3600     // how far ahead of block time valid_until may lie, in seconds; checked where the block time is known

	MaxValidUntil  = 253_402_300_799 // valid_until in unix seconds: the end of the year 9999, so that every clock and calendar can show it
	MaxBasisPoints = 10_000          // the whole, in units of 1/10000
	MaxHeight      = 1 << 62         // a height that a message names; far beyond any chain, far below what int64 holds
	SignatureBytes = 64              // the witness of a kind-0 account

	MaxParamChanges     = 16 // parameters that one proposal changes
	MaxParamNameBytes   = 40 // a parameter's name
	MaxUpgradeNameBytes = 64 // the name of a release, in bytes of UTF-8
)
