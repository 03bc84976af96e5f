using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamBucketFleet.ClamAv;

/// <summary>How a run of freshclam ended, and what it said.</summary>
/// <param name="ExitCode">0 says little: freshclam ends with it after a 429 as well.</param>
/// <param name="Lines">Standard output and standard error.</param>
/// <param name="CoolDown">What its memory holds after the run.</param>
internal sealed partial record FreshclamRun(int ExitCode, IReadOnlyList<string> Lines, DateTimeOffset? CoolDown)
{
    private const int BadConfiguration = 2;
    private const int TestFailed = 8;
    private const int TellingLines = 6;

    private static readonly TimeSpan AfterTooMany = TimeSpan.FromHours(4);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromDays(1);

    /// <summary>What the source asked for, or freshclam remembers; null where there is nothing of that.</summary>
    public StayAway? StayAway(DateTimeOffset now)
    {
        var code = Match(AnswerCode())?.Groups[1].Value;
        DateTimeOffset? until = Match(CoolDownLine()) is { } line && DateTimeOffset.TryParseExact(
            line.Groups[1].Value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : CoolDown > now ? CoolDown : null;
        return (code, until) switch
        {
            ("429", _) => new StayAway(until ?? now + AfterTooMany, "429, too many requests").CappedFrom(now),
            ("403", _) => new StayAway(until ?? now + AfterRefusal, "403, refused").CappedFrom(now),
            (_, { } known) when known > now => new StayAway(known, "429 or 403").CappedFrom(now),
            _ => null,
        };
    }

    /// <summary>Null where the run did all that it was to do.</summary>
    public Exception? Failure => ExitCode switch
    {
        0 => null,
        BadConfiguration => new FatalConfigurationException($"freshclam does not understand its configuration: {Telling}"),
        TestFailed => new TryAgainException($"freshclam threw away what it fetched: {Telling}"),
        _ => new ServiceUnreachableException($"freshclam failed with exit code {ExitCode}: {Telling}"),
    };

    /// <summary>The lines that say why, where any does.</summary>
    private string Telling
    {
        get
        {
            var errors = Lines.Where(line => line.StartsWith("ERROR: ", StringComparison.Ordinal)).ToArray();
            var telling = errors.Length > 0 ? errors : [.. Lines];
            return SafeText.Escape(string.Join(" | ", telling.TakeLast(TellingLines).Select(line => line.Trim())));
        }
    }

    private Match? Match(Regex pattern) => Lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success);

    [GeneratedRegex("received error code (429|403) from")]
    private static partial Regex AnswerCode();

    [GeneratedRegex("on cool-down until after: ([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})")]
    private static partial Regex CoolDownLine();
}
