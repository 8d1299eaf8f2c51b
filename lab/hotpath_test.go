package lab

import (
	"strings"
	"testing"
)

func TestWhichPathAStackIsOf(t *testing.T) {
	const comet = "github.com/cometbft/cometbft"
	for _, c := range []struct {
		want  HotPath
		by    string
		stack string // innermost first
	}{
		{Consensus, comet + "/consensus.(*State).addVote", "runtime.mallocgc " + comet + "/types.NewVote " + comet + "/consensus.(*State).addVote " + comet + "/consensus.(*State).receiveRoutine"},
		{Consensus, "blink/node.(*journal).put", "syscall.Fdatasync blink/node.(*journal).put " + comet + "/consensus.(*State).receiveRoutine"},
		{PeerReading, comet + "/p2p/conn.(*SecretConnection).Read", "syscall.read " + comet + "/p2p/conn.(*SecretConnection).Read " + comet + "/p2p/conn.(*MConnection).recvRoutine"},
		{PeerReading, comet + "/p2p/conn.(*Channel).recvPacketMsg", comet + "/p2p/conn.(*Channel).recvPacketMsg " + comet + "/p2p/conn.(*MConnection).recvRoutine"},
		{PeerWriting, comet + "/p2p.(*peer).send", comet + "/p2p.(*peer).send " + comet + "/consensus.(*Reactor).gossipVotesRoutine"},
		{PeerWriting, comet + "/p2p/conn.(*MConnection).flush", "syscall.write " + comet + "/p2p/conn.(*MConnection).flush"},
		{Mempool, comet + "/mempool.(*CListMempool).CheckTx", comet + "/mempool.(*CListMempool).CheckTx blink/api.(*Server).postTx net/http.(*conn).serve"},
		{HTTP, "net/http.readRequest", "net/textproto.(*Reader).ReadLine net/http.readRequest net/http.(*conn).serve"},
		{Verification, "blink/crypto.Verify", "github.com/btcsuite/btcd/btcec/v2/schnorr.schnorrVerify blink/crypto.Verify blink/api.(*Server).postTx net/http.(*conn).serve"},
		{Storing, "github.com/syndtr/goleveldb/leveldb.(*DB).Write", "syscall.Fsync github.com/syndtr/goleveldb/leveldb.(*DB).Write " + comet + "/store.(*BlockStore).SaveBlock " + comet + "/consensus.(*State).finalizeCommit"},
		{Collecting, "runtime.gcAssistAlloc", "runtime.gcAssistAlloc runtime.mallocgc blink/crypto.Verify"},
		{Collecting, "runtime.gcBgMarkWorker", "runtime.scanobject runtime.gcBgMarkWorker"},
		{Scheduling, "runtime.findRunnable", "runtime.futex runtime.findRunnable runtime.schedule runtime.park_m runtime.mcall"},
		{Scheduling, "runtime.wakep", "runtime.futexwakeup runtime.wakep runtime.ready " + comet + "/consensus.(*State).handleMsg"},
		{Other, "", "runtime.nanotime1"},
		{Other, "", "github.com/cometbft/cometbft-dbx.Get"},
		{Other, "", ""},
	} {
		path, by := classifier{}.of(strings.Fields(c.stack))
		if path != c.want || by != c.by {
			t.Errorf("%s\n\tis %s by %q, want %s by %q", c.stack, path, by, c.want, c.by)
		}
	}
}
