using System.Globalization;
using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Stub;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>
/// Whether a run did what it must: each object read and judged once and rightly, infected ones alerted and deleted,
/// nothing lost, no request too many. A figure of a run with faults is no figure.
/// </summary>
/// <param name="corpus">The content.</param>
/// <param name="load">The messages.</param>
/// <param name="tags">Whether clean objects were to be tagged.</param>
/// <param name="isPartial">Whether the daemon was stopped before the queue was empty.</param>
internal sealed class Correctness(Corpus corpus, Load load, bool tags, bool isPartial)
{
    private const int MostTold = 5;

    public IReadOnlyList<string> Faults(StubReport report, IReadOnlyList<LoggedVerdict> verdicts)
    {
        var faults = new List<string>();
        var judged = Verdicts(verdicts, faults);
        int[] infected = [.. judged.Keys.Where(message => Of(message).Infected).Order()];

        Expect(isPartial || report.Deleted == load.Messages, $"{report.Deleted} of {load.Messages} messages were deleted");
        Expect(judged.Count == report.Deleted, $"{judged.Count} objects were judged, {report.Deleted} messages deleted");
        Expect(report.ReceivedTwice == 0, $"{report.ReceivedTwice} messages were received twice");
        Expect(report.ReadTwice == 0, $"{report.ReadTwice} objects were read twice");
        Expect(report.LooksBeforeGet == 0, $"{report.LooksBeforeGet} objects were looked at before they were opened");
        Expect(report.DeletedObjects.SequenceEqual(infected), $"deleted are {Few(report.DeletedObjects)}, infected {Few(infected)}");
        var alerts = report.Alerts.Order(StringComparer.Ordinal).ToArray();
        var owed = infected.Select(message => $"{message} INFECTED DELETE").Order(StringComparer.Ordinal).ToArray();
        Expect(alerts.SequenceEqual(owed), $"alerts are {Few(alerts)}, owed {Few(owed)}");
        Requests(report, judged.Count, infected.Length, faults);
        return faults;

        void Expect(bool holds, string otherwise)
        {
            if (!holds)
                faults.Add(otherwise);
        }
    }

    // What each object is worth in requests, and not one more: the GET is the first, and a look comes only before a change.
    private void Requests(StubReport report, int judged, int infected, List<string> faults)
    {
        var changed = infected + (tags ? judged - infected : 0);
        var tagged = tags ? judged - infected : 0;
        // Before and after the tags; before the deletion.
        var looks = infected + (2 * tagged);
        (string Kind, int Allowed)[] budget =
        [
            ("GetObject", judged), ("HeadObject", looks), ("DeleteObject", infected), ("GetObjectTagging", tagged),
            ("PutObjectTagging", tagged), ("Publish", infected), ("SendMessage", 0), ("ChangeMessageVisibility", isPartial ? int.MaxValue : judged),
            ("ReceiveMessage", int.MaxValue), ("DeleteMessageBatch", judged), ("GetQueueAttributes", int.MaxValue),
        ];
        var allowed = budget.ToDictionary(item => item.Kind, item => item.Allowed);
        foreach (var (kind, count) in report.Requests)
        {
            if (count > allowed.GetValueOrDefault(kind))
                faults.Add($"{count} requests {kind} for {judged} objects of which {changed} were to be changed: {allowed.GetValueOrDefault(kind)} are enough");
        }

        if (tags && report.TaggedObjects.Count != tagged)
            faults.Add($"{report.TaggedObjects.Count} objects were tagged, {tagged} clean");
    }

    private Dictionary<int, string> Verdicts(IReadOnlyList<LoggedVerdict> verdicts, List<string> faults)
    {
        var judged = new Dictionary<int, string>();
        foreach (var verdict in verdicts)
        {
            var message = int.Parse(verdict.Key.AsSpan(0, 7), CultureInfo.InvariantCulture);
            var right = Of(message).Infected ? "INFECTED" : "CLEAN";
            if (verdict.Status != right)
                faults.Add($"{verdict.Key} is {right}, and was called {verdict.Status}");
            if (!judged.TryAdd(message, verdict.Status))
                faults.Add($"{verdict.Key} was judged twice");
        }

        return judged;
    }

    private CorpusObject Of(int message) => corpus.Objects[load.First + (message % load.Count)];

    private static string Few<T>(IReadOnlyCollection<T> items) =>
        $"{items.Count} ({string.Join(", ", items.Take(MostTold))}{(items.Count > MostTold ? ", …" : "")})";
}
