package chart

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// The neutral colours, those of the comparison that a node serves.
var (
	paper  = rgb(0xffffff)
	ink    = rgb(0x0f172a)
	soft   = rgb(0x475569) // subtitles, notes
	faint  = rgb(0x64748b) // tick labels
	grid   = rgb(0xe2e8f0)
	axis   = rgb(0x94a3b8)
	bar    = rgb(0xa9b6c8) // of others
	shade  = rgb(0xf1f5f9) // periods
	ownRow = rgb(0xf0fdfa)
)

// The colours with a meaning: those of Okabe and Ito, "Color Universal Design" (2008).
var (
	blue       = rgb(0x0072b2) // the median
	sky        = rgb(0x56b4e9) // the 90th percentile, the lighter half of a pair
	green      = rgb(0x009e73) // final; this network
	orange     = rgb(0xe69f00) // faults
	vermillion = rgb(0xd55e00) // the 99th percentile and the slowest
	purple     = rgb(0xcc79a7) // not final
	faultShade = rgb(0xfdf3dc) // the time of a fault, behind the curves
	gapShade   = rgb(0xfbe3d6) // the time without a commit
)

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// The styles of text.
var (
	styleTitle  = textStyle(22, xfont.WeightBold, ink)
	styleSub    = textStyle(13.5, xfont.WeightNormal, soft)
	styleNote   = textStyle(12, xfont.WeightNormal, soft)
	styleTick   = textStyle(12, xfont.WeightNormal, faint)
	styleName   = textStyle(14, xfont.WeightNormal, ink)
	styleValue  = textStyle(13, xfont.WeightNormal, ink)
	styleStrong = textStyle(13, xfont.WeightBold, ink)
	styleOwn    = textStyle(14, xfont.WeightBold, green)
)

func textStyle(size float64, weight xfont.Weight, c color.Color) text.Style {
	return text.Style{
		Color: c, Handler: plot.DefaultTextHandler,
		Font: font.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: vg.Length(size)},
	}
}

// in gives a style in another colour.
func in(s text.Style, c color.Color) text.Style {
	s.Color = c
	return s
}

// stroke is how a line is drawn.
type stroke struct {
	color color.Color
	width float64
	dash  []vg.Length
}

var (
	dashed = []vg.Length{6, 4}
	dotted = []vg.Length{2, 3}
)

// variable is a colour by the name that a page knows it by.
type variable struct {
	name  string
	color color.NRGBA
}

func variables() []variable {
	return []variable{
		{"paper", paper}, {"ink", ink}, {"soft", soft}, {"faint", faint}, {"grid", grid}, {"axis", axis}, {"bar", bar}, {"shade", shade}, {"own-row", ownRow},
		{"blue", blue}, {"sky", sky}, {"green", green}, {"orange", orange}, {"vermillion", vermillion}, {"purple", purple}, {"fault", faultShade}, {"gap", gapShade},
	}
}
