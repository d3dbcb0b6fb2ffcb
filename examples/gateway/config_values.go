package main

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting is a flag.Value of any type. An error of parse states the allowed values; the value and the name are added elsewhere.
type setting[T any] struct {
	to    *T
	parse func(string) (T, error)
	print func(T) string
	isBool
}

// isBool makes a flag without a value mean true.
type isBool bool

// IsBoolFlag is for package flag.
func (b isBool) IsBoolFlag() bool { return bool(b) }

func (s *setting[T]) Set(text string) error {
	v, err := s.parse(text)
	if err == nil {
		*s.to = v
	}
	return err
}

func (s *setting[T]) String() string {
	if s == nil || s.to == nil { // package flag calls it on a zero value
		return ""
	}
	return s.print(*s.to)
}

func text(to *string) flag.Value {
	return &setting[string]{to: to,
		parse: func(s string) (string, error) { return s, nil }, print: func(s string) string { return s }}
}

func choice(to *string, byDefault string, allowed ...string) flag.Value {
	*to = byDefault
	return &setting[string]{to: to, print: func(s string) string { return s }, parse: func(s string) (string, error) {
		if !slices.Contains(allowed, s) {
			return "", errors.New("want " + strings.Join(allowed, ", "))
		}
		return s, nil
	}}
}

func boolean(to *bool) flag.Value {
	return &setting[bool]{to: to, isBool: true, print: strconv.FormatBool, parse: func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, errors.New("want true or false")
		}
		return s == "true", nil
	}}
}

func duration(to *time.Duration, byDefault, least time.Duration) flag.Value {
	*to = byDefault
	return &setting[time.Duration]{to: to, print: time.Duration.String, parse: func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil || d < least {
			return 0, fmt.Errorf("want a duration such as 30s, at least %s", least)
		}
		return d, nil
	}}
}

func number(to *int64, byDefault, most int64) flag.Value {
	*to = byDefault
	return &setting[int64]{to: to, print: func(n int64) string { return strconv.FormatInt(n, 10) },
		parse: func(s string) (int64, error) {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil || n < 0 || n > most {
				return 0, fmt.Errorf("want a number from 0 to %d", most)
			}
			return n, nil
		}}
}

// listSeparator is between the elements of a list in one text.
const listSeparator = ";"

// listValue is a flag.Value that may be repeated, or hold several elements with semicolons between them.
type listValue struct {
	to    *[]string
	check func(string) error
}

func (l *listValue) Set(text string) error {
	for element := range strings.SplitSeq(text, listSeparator) {
		if element = strings.TrimSpace(element); element == "" && strings.Contains(text, listSeparator) {
			continue // after a separator at the end
		}
		if err := l.check(element); err != nil {
			return err
		}
		*l.to = append(*l.to, element)
	}
	return nil
}

func (l *listValue) String() string {
	if l == nil || l.to == nil {
		return ""
	}
	return strings.Join(*l.to, listSeparator)
}

// pairs is a list of elements with an equals sign, such as NAME=TITLE.
func pairs(to *[]string, form, example string) *listValue {
	return &listValue{to: to, check: func(s string) error {
		if left, right, ok := strings.Cut(s, "="); !ok || left == "" || right == "" {
			return fmt.Errorf("want %s, such as %s", form, example)
		}
		return nil
	}}
}

// anything is a list without a check of its own.
func anything(to *[]string) *listValue {
	return &listValue{to: to, check: func(string) error { return nil }}
}

// networks is a list of addresses and networks.
func networks(to *[]string) *listValue {
	return &listValue{to: to, check: func(s string) error {
		_, err := parseNetwork(s)
		return err
	}}
}

func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, errors.New("want an address or a network such as 10.0.0.0/8")
	}
	return p.Masked(), nil
}
