using System.Globalization;
using System.Text;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>
/// One result as a picture: messages above, instances below, over the same time. Plain SVG, since the package feed has no
/// library for plots. The colours are Okabe and Ito's; lines differ in their dashes as well.
/// </summary>
public sealed class Plot
{
    private const double Width = 860;
    private const double Left = 64;
    private const double Right = Width - 20;
    private const int MostPoints = 800;

    private static readonly Panel Messages = new(78, 210);
    private static readonly Panel Instances = new(258, 390);

    private const string Style = """
        <style>
          text { font: 12px system-ui, sans-serif; fill: #24292f }
          .title { font-size: 15px; font-weight: 600 }
          .paper { fill: #ffffff }
          .grid { stroke: #d8dee4; stroke-width: 1 }
          .axis { stroke: #57606a; stroke-width: 1 }
          .messages { fill: #0072b2; fill-opacity: .25; stroke: #0072b2; stroke-width: 1.5 }
          .serving { fill: none; stroke: #d55e00; stroke-width: 2 }
          .desired { fill: none; stroke: #24292f; stroke-width: 1.2; stroke-dasharray: 2 3 }
          .needed { fill: none; stroke: #009e73; stroke-width: 1.2; stroke-dasharray: 7 3 }
          .event { stroke: #cc79a7; stroke-width: 1.5; stroke-dasharray: 4 2 }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 }
            .paper { fill: #0d1117 }
            .grid { stroke: #30363d }
            .axis { stroke: #8b949e }
            .messages { fill: #56b4e9; stroke: #56b4e9 }
            .serving { stroke: #e69f00 }
            .desired { stroke: #e6edf3 }
          }
        </style>
        """;

    private readonly StringBuilder _svg = new();
    private readonly Result _result;
    private readonly double _seconds;

    private Plot(Result result) => (_result, _seconds) = (result, result.Trace.Duration.TotalSeconds);

    public static string Draw(Result result, Assumptions assumptions) => new Plot(result).Draw(assumptions);

    private string Draw(Assumptions assumptions)
    {
        var samples = _result.Samples;
        var needed = samples.Select(sample => sample.Arrived / 60.0 / assumptions.ObjectsPerSecond).ToList();
        var messages = Axis.UpTo(_result.MaxBacklog);
        var instances = Axis.UpTo(Math.Max(_result.MaxInstances, samples.Max(sample => sample.Desired)));
        // A burst asks for thousands at once: that is nothing to compare a fleet with.
        var comparable = needed.Max() is > 0.5 && needed.Max() <= instances.Most * 1.2;

        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} 440" role="img" aria-label="{_result.Trace.Title}">""");
        Line($"{Style}");
        Line($"""<rect class="paper" width="{Width}" height="440"/>""");
        Line($"""<text class="title" x="{Left}" y="26">{_result.Trace.Title}</text>""");
        Line($"""<text x="{Left}" y="46">{Subtitle()}</text>""");
        Grid(Messages, messages, "messages not yet deleted");
        Grid(Instances, instances, "instances");
        Area(Messages, messages);
        if (comparable) Steps("needed", Instances, instances, needed.Chunk(10).Select((some, i) => (i * 600, some.Average())));
        Steps("desired", Instances, instances, samples.Select(sample => (sample.At, (double)sample.Desired)));
        Steps("serving", Instances, instances, samples.Select(sample => (sample.At, (double)sample.InService)));
        Interruption();
        Times();
        Legend(comparable);
        Line($"</svg>");
        return _svg.ToString();
    }

    private string Subtitle() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_result.Queue.Sent:N0} messages; minimum {_result.Stack.Group.MinSize}, maximum {_result.Stack.Group.MaxSize} instances; "
        + $"{_result.InstanceHours:N1} instance-hours");

    private void Grid(Panel panel, Axis axis, string title)
    {
        Line($"""<text x="{Left}" y="{panel.Top - 10}">{title}</text>""");
        foreach (var mark in axis.Marks)
        {
            var y = panel.Y(mark, axis);
            Line($"""<line class="{(mark == 0 ? "axis" : "grid")}" x1="{Left}" x2="{Right}" y1="{y:0.#}" y2="{y:0.#}"/>""");
            Line($"""<text x="{Left - 8}" y="{y + 4:0.#}" text-anchor="end">{Axis.Label(mark)}</text>""");
        }
    }

    // The highest of each stretch, so that no peak gets lost.
    private void Area(Panel panel, Axis axis)
    {
        var stretch = Math.Max(1, _result.Samples.Count / MostPoints);
        var points = _result.Samples.Chunk(stretch).Select(some => Point(some[0].At, panel.Y(some.Max(sample => sample.Backlog), axis)));
        Line($"""<path class="messages" d="M{Point(0, panel.Bottom)} L{string.Join(' ', points)} L{Point((int)_seconds, panel.Bottom)}"/>""");
    }

    private void Steps(string name, Panel panel, Axis axis, IEnumerable<(int At, double Value)> values)
    {
        var path = new StringBuilder();
        double? last = null;
        foreach (var (at, value) in values.Where(some => some.Value != last))
        {
            if (value == last) continue;
            if (last is { } before) path.Append(CultureInfo.InvariantCulture, $" L{Point(at, panel.Y(before, axis))}");
            path.Append(CultureInfo.InvariantCulture, $" {(last is null ? 'M' : 'L')}{Point(at, panel.Y(value, axis))}");
            last = value;
        }

        path.Append(CultureInfo.InvariantCulture, $" L{Point((int)_seconds, panel.Y(last ?? 0, axis))}");
        Line($"""<path class="{name}" d="{path.ToString().TrimStart()}"/>""");
    }

    private void Interruption()
    {
        if (_result.Trace.InterruptionAt is not { } at) return;
        Line($"""<line class="event" x1="{X(at):0.#}" x2="{X(at):0.#}" y1="{Messages.Top}" y2="{Instances.Bottom}"/>""");
        Line($"""<text x="{X(at) + 6:0.#}" y="{Messages.Top + 12}">Spot notice</text>""");
    }

    private void Times()
    {
        foreach (var (second, label) in TimeAxis.Marks(_result.Trace.Duration))
        {
            Line($"""<line class="axis" x1="{X(second):0.#}" x2="{X(second):0.#}" y1="{Instances.Bottom}" y2="{Instances.Bottom + 5}"/>""");
            Line($"""<text x="{X(second):0.#}" y="{Instances.Bottom + 19}" text-anchor="middle">{label}</text>""");
        }

        Line($"""<text x="{(Left + Right) / 2}" y="{Instances.Bottom + 38}" text-anchor="middle">{TimeAxis.Unit(_result.Trace.Duration)}</text>""");
    }

    private void Legend(bool comparable)
    {
        var x = Left + 90;
        Entry("serving", "in service", 100);
        Entry("desired", "desired", 90);
        if (comparable) Entry("needed", "that arrivals keep busy", 0);

        void Entry(string name, string text, double width)
        {
            var y = Instances.Top - 14;
            Line($"""<line class="{name}" x1="{x}" x2="{x + 26}" y1="{y}" y2="{y}"/><text x="{x + 32}" y="{y + 4}">{text}</text>""");
            x += width + 32;
        }
    }

    private double X(double second) => Left + (Right - Left) * second / _seconds;

    private string Point(int second, double y) => string.Create(CultureInfo.InvariantCulture, $"{X(second):0.#},{y:0.#}");

    private void Line(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private sealed record Panel(double Top, double Bottom)
    {
        public double Y(double value, Axis axis) => Bottom - (Bottom - Top) * Math.Min(1, value / axis.Most);
    }
}
