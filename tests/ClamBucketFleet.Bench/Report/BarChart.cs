using System.Globalization;
using System.Net;
using System.Text;
using ClamBucketFleet.Bench.Groups;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Report;

/// <summary>Horizontal bars of medians, with a line from the least to the most.</summary>
internal static class BarChart
{
    private const int Labels = 250, Width = 520, Step = 26, Height = 16, Top = 40, Values = 70;

    internal sealed record Bar(string Label, double Value, double Least, double Most)
    {
        public static Bar Of(string label, Series series, Func<Sample, double> figure) =>
            new(label, series.Median(figure), series.Least(figure), series.Most(figure));
    }

    public static string Svg(string title, IEnumerable<Bar> of)
    {
        var bars = of.ToArray();
        var most = Math.Max(bars.Max(bar => bar.Most), double.Epsilon);
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Labels + Width + Values}\" height=\"{Top + (bars.Length * Step) + 10}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Line(svg, $"<text x=\"10\" y=\"22\" font-size=\"15\">{WebUtility.HtmlEncode(title)}</text>");
        for (var i = 0; i < bars.Length; i++)
        {
            var (bar, y) = (bars[i], Top + (i * Step));
            var middle = y + (Height / 2);
            Line(svg, $"<text x=\"{Labels - 8}\" y=\"{y + 12}\" text-anchor=\"end\">{WebUtility.HtmlEncode(bar.Label)}</text>");
            Line(svg, $"<rect x=\"{Labels}\" y=\"{y}\" width=\"{At(bar.Value):0.0}\" height=\"{Height}\" fill=\"{(bar.Label.Contains("daemon", StringComparison.Ordinal) ? "#2b6cb0" : "#a0aec0")}\"/>");
            Line(svg, $"<path d=\"M{Labels + At(bar.Least):0.0} {middle}H{Labels + At(bar.Most):0.0}\" stroke=\"black\"/>");
            Line(svg, $"<text x=\"{Labels + At(bar.Most) + 6:0.0}\" y=\"{y + 12}\">{Row.Text(bar.Value)}</text>");
        }

        return svg.Append("</svg>\n").ToString();

        double At(double value) => value / most * Width;
    }

    private static void Line(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder svg, string line) => svg.Append(line).Append('\n');
}
