package node

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"blink/coin"
)

// setting is one key of blink.toml: its names, its documentation and where
// its value is. File, environment and flags all set it from text, so that they
// cannot disagree about what a value means.
type setting struct {
	section, key, help string
	value              reflect.Value
}

func (s setting) name() string { return s.section + "." + s.key }
func (s setting) env() string {
	return "BLINK_" + strings.ToUpper(s.section+"_"+s.key)
}

// settings lists the keys of c in the order of its fields; they write to c.
func settings(c *Config) []setting {
	var all []setting
	config := reflect.ValueOf(c).Elem()
	for i := range config.NumField() {
		section := config.Field(i)
		for j := range section.NumField() {
			field := section.Type().Field(j)
			all = append(all, setting{
				section: config.Type().Field(i).Tag.Get("section"),
				key:     field.Tag.Get("key"),
				help:    field.Tag.Get("help"),
				value:   section.Field(j),
			})
		}
	}
	return all
}

// set gives the setting the value that text means.
func (s setting) set(text string) error {
	var err error
	switch p := s.value.Addr().Interface().(type) {
	case *string:
		*p = text
	case *bool:
		*p, err = strconv.ParseBool(text)
	case *int:
		*p, err = strconv.Atoi(text)
	case *int64:
		*p, err = strconv.ParseInt(text, 10, 64)
	case *float64:
		*p, err = strconv.ParseFloat(text, 64)
	case *time.Duration:
		*p, err = time.ParseDuration(text)
	case *coin.Amount:
		*p, err = coin.Parse(text)
	case *[]string:
		*p = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	default:
		panic(fmt.Sprintf("node: no text form for %T", p))
	}
	if err != nil {
		return fmt.Errorf("%s must be %s, was %q", s.name(), s.kind(), text)
	}
	return nil
}

// kind says what set takes.
func (s setting) kind() string {
	switch s.value.Interface().(type) {
	case bool:
		return "true or false"
	case int, int64:
		return "a whole number"
	case float64:
		return "a number"
	case time.Duration:
		return "a duration such as 500ms or 5s"
	case coin.Amount:
		return "an amount such as 100blink"
	}
	return "text"
}

// literal is the value as TOML.
func (s setting) literal() string {
	switch v := s.value.Interface().(type) {
	case bool, int, int64, float64:
		return fmt.Sprint(v)
	case []string:
		quoted := make([]string, len(v))
		for i, item := range v {
			quoted[i] = strconv.Quote(item)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case coin.Amount:
		return strconv.Quote(v.String() + "ublink")
	default:
		return strconv.Quote(fmt.Sprint(v))
	}
}
