using System.Globalization;

namespace ClamBucketFleet.Scaling.CloudWatch;

/// <summary>
/// Metric math as far as the template uses it: numbers, ids, <c>+ - *</c>, parentheses and FILL with a number.
/// Anything else is refused, so that nothing is simulated otherwise than CloudWatch would compute it.
/// </summary>
public sealed class MetricMath
{
    private readonly Func<Func<string, double?>, double?> _evaluate;
    private readonly string _text;
    private int _at;

    private MetricMath(string text)
    {
        _text = text;
        _evaluate = Sum();
        if (Peek() != '\0') throw Refused();
    }

    /// <exception cref="NotSupportedException">The expression uses what is not simulated; the message shows where.</exception>
    public static MetricMath Parse(string text) => new(text);

    /// <summary>The value for one period; null where a metric has none, as CloudWatch leaves such a data point out.</summary>
    public double? Evaluate(Func<string, double?> metrics) => _evaluate(metrics);

    public override string ToString() => _text;

    private Func<Func<string, double?>, double?> Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
        {
            var (first, sign) = (left, Take() == '+' ? 1 : -1);
            var second = Product();
            left = metrics => first(metrics) + sign * second(metrics);
        }

        return left;
    }

    private Func<Func<string, double?>, double?> Product()
    {
        var left = Value();
        while (Peek() == '*')
        {
            Take();
            var (first, second) = (left, Value());
            left = metrics => first(metrics) * second(metrics);
        }

        return left;
    }

    private Func<Func<string, double?>, double?> Value()
    {
        if (Peek() == '(')
        {
            Take();
            var inner = Sum();
            Expect(')');
            return inner;
        }

        var word = Word();
        if (word == "FILL") return Fill();
        if (Number(word) is { } number) return _ => number;
        // Ids begin with a lower-case letter, functions are upper case.
        if (word.Length == 0 || !char.IsAsciiLetterLower(word[0])) throw Refused();
        return metrics => metrics(word);
    }

    private Func<Func<string, double?>, double?> Fill()
    {
        Expect('(');
        var filled = Value();
        Expect(',');
        Peek();
        var instead = Number(Word()) ?? throw Refused();
        Expect(')');
        return metrics => filled(metrics) ?? instead;
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_')) _at++;
        return _text[start.._at];
    }

    private static double? Number(string word)
        => double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private void Expect(char wanted)
    {
        if (Peek() != wanted) throw Refused();
        Take();
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private char Take() => _text[_at++];

    private NotSupportedException Refused() => new($"Metric math that is not simulated, at {_at}: {_text}");
}
