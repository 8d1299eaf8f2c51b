package node

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/BurntSushi/toml"
	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// AddFlags adds a flag for every key of blink.toml.
func AddFlags(flags *pflag.FlagSet) {
	defaults := DefaultConfig()
	for _, s := range settings(&defaults) {
		usage := fmt.Sprintf("%s (env %s, default %s)", s.help, s.env(), s.literal())
		flags.String(s.name(), "", usage)
	}
}

// LoadConfig reads home's blink.toml and lets the environment and then the
// flags that were given overrule it. flags may be nil. Unknown keys and wrong
// values are refused by name, all at once.
func LoadConfig(home Home, flags *pflag.FlagSet) (Config, error) {
	c := DefaultConfig()
	if err := home.check(); err != nil {
		return c, err
	}
	text, err := os.ReadFile(home.ConfigFile())
	if err != nil {
		return c, err
	}
	var errs []error
	if err := c.readTOML(text); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", home.ConfigFile(), err))
	}
	for _, s := range settings(&c) {
		if text, ok := os.LookupEnv(s.env()); ok {
			if err := s.set(text); err != nil {
				errs = append(errs, fmt.Errorf("environment variable %s: %w", s.env(), err))
			}
		}
		if flags == nil {
			continue
		}
		if flag := flags.Lookup(s.name()); flag != nil && flag.Changed {
			if err := s.set(flag.Value.String()); err != nil {
				errs = append(errs, fmt.Errorf("flag --%s: %w", s.name(), err))
			}
		}
	}
	if len(errs) == 0 {
		errs = append(errs, c.Validate())
	}
	return c, errors.Join(errs...)
}

// readTOML sets what text says. Keys that do not exist are refused.
func (c *Config) readTOML(text []byte) error {
	var file map[string]any
	if _, err := toml.Decode(string(text), &file); err != nil {
		return err
	}
	given := make(map[string]any)
	for section, value := range file {
		table, ok := value.(map[string]any)
		if !ok {
			given[section] = value
			continue
		}
		for key, value := range table {
			given[section+"."+key] = value
		}
	}
	var errs []error
	for _, s := range settings(c) {
		value, ok := given[s.name()]
		if !ok {
			continue
		}
		delete(given, s.name())
		if err := s.set(textOf(value)); err != nil {
			errs = append(errs, err)
		}
	}
	for _, name := range sortedKeys(given) {
		errs = append(errs, fmt.Errorf("unknown key %s: remove it or correct its name", name))
	}
	return errors.Join(errs...)
}

func textOf(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = fmt.Sprint(item)
	}
	return strings.Join(parts, ",")
}

// encode writes the whole configuration with its documentation.
func (c Config) encode() []byte {
	var b bytes.Buffer
	b.WriteString("# blink's own settings. CometBFT's (peers, timeouts, mempool) are in config.toml.\n" +
		"# Every key is also a flag (--api.listen) and an environment variable (BLINK_API_LISTEN); those win.\n")
	section := ""
	for _, s := range settings(&c) {
		if s.section != section {
			section = s.section
			fmt.Fprintf(&b, "\n[%s]\n", section)
		}
		fmt.Fprintf(&b, "# %s\n%s = %s\n", s.help, s.key, s.literal())
	}
	return b.Bytes()
}

// loadComet reads config.toml. Unknown keys are refused.
func loadComet(home Home) (*cmtcfg.Config, error) {
	c := cmtcfg.DefaultConfig()
	v := viper.New()
	v.SetConfigFile(home.CometFile())
	if err := v.ReadInConfig(); err != nil {
		return nil, fmt.Errorf("%s: %w", home.CometFile(), err)
	}
	if err := v.UnmarshalExact(c); err != nil {
		return nil, fmt.Errorf("%s: %w", home.CometFile(), err)
	}
	c.SetRoot(home.Dir)
	if err := c.ValidateBasic(); err != nil {
		return nil, fmt.Errorf("%s: %w", home.CometFile(), err)
	}
	return c, nil
}
