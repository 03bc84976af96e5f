using System.Globalization;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Policy;

/// <summary>What is to be done about a verdict.</summary>
public enum DispositionAction
{
    None,
    Tag,
    Delete,
    Quarantine,
    Move,
}

/// <summary>A verdict and a bucket's policy turned into steps: a pure function.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Destination">Where the copy goes, for quarantine and move.</param>
/// <param name="Tags">What the object, or its copy, gains; the most important first.</param>
public sealed record Disposition(
    DispositionAction Action,
    ObjectLocation? Destination,
    IReadOnlyList<ObjectTag> Tags)
{
    private const int MaxTagValue = 256;

    /// <summary>The word in the alert.</summary>
    public string ActionWord => Action.ToString().ToUpperInvariant();

    /// <summary>Whether the object itself goes.</summary>
    public bool Deletes => Action is DispositionAction.Delete or DispositionAction.Quarantine or DispositionAction.Move;

    /// <summary>What the policy asks for.</summary>
    /// <param name="verdict">What is known of the content.</param>
    /// <param name="content">Bucket and key of what was scanned.</param>
    /// <param name="policy">The bucket's.</param>
    /// <param name="hasArrived">It stands where copies go: moving it again would never end.</param>
    /// <param name="now">The time that the tags will carry.</param>
    public static Disposition Of(
        Verdict verdict,
        ObjectIdentity content,
        BucketPolicy policy,
        bool hasArrived,
        DateTimeOffset now)
    {
        var action = verdict switch
        {
            Infected => policy.Infected switch
            {
                InfectedAction.Delete => DispositionAction.Delete,
                InfectedAction.Quarantine => DispositionAction.Quarantine,
                InfectedAction.Tag => DispositionAction.Tag,
                _ => DispositionAction.None,
            },
            Unscannable => policy.Unscannable switch
            {
                UnscannableAction.Quarantine => DispositionAction.Quarantine,
                UnscannableAction.Tag => DispositionAction.Tag,
                _ => DispositionAction.None,
            },
            Clean => policy.Clean switch
            {
                CleanAction.Move => DispositionAction.Move,
                CleanAction.Tag => DispositionAction.Tag,
                _ => DispositionAction.None,
            },
            _ => DispositionAction.None,
        };

        if (action is DispositionAction.Move or DispositionAction.Quarantine && hasArrived)
            action = DispositionAction.None;

        // Nothing can be copied that cannot be read.
        if (action == DispositionAction.Quarantine && verdict is Unscannable { Reason: UnscannableReason.Archived or UnscannableReason.NotReadable })
            action = DispositionAction.None;

        return action switch
        {
            DispositionAction.None or DispositionAction.Delete => new Disposition(action, null, []),
            DispositionAction.Tag => new Disposition(action, null, TagsFor(verdict, policy.Tags, now)),
            DispositionAction.Quarantine => new Disposition(action,
                new ObjectLocation(policy.Quarantine.Bucket!, $"{policy.Quarantine.Prefix}{content.Bucket}/{content.Key}"),
                TagsFor(verdict, policy.Tags, now)),
            _ => new Disposition(action,
                new ObjectLocation(policy.CleanDestination.Bucket!, policy.CleanDestination.Prefix + content.Key),
                TagsFor(verdict, policy.Tags, now)),
        };
    }

    /// <summary>The tags that say that an object's processing failed.</summary>
    public static IReadOnlyList<ObjectTag> ErrorTags(TagOptions tags, DateTimeOffset now) =>
        [new(tags.StatusKey, tags.Error), new(tags.TimestampKey, Timestamp(now))];

    private static List<ObjectTag> TagsFor(Verdict verdict, TagOptions keys, DateTimeOffset now)
    {
        var status = verdict switch
        {
            Clean => keys.Clean,
            Infected => keys.Infected,
            _ => keys.Unscannable,
        };
        var tags = new List<ObjectTag> { new(keys.StatusKey, status) };
        if (verdict is Infected infected)
            tags.Add(new ObjectTag(keys.SignatureKey, TagText(string.Join(' ', infected.Signatures))));
        tags.Add(new ObjectTag(keys.TimestampKey, Timestamp(now)));
        return tags;
    }

    private static string Timestamp(DateTimeOffset now) =>
        now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string TagText(string text)
    {
        var allowed = string.Concat(text.Select(c =>
            char.IsLetterOrDigit(c) || c is ' ' or '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@' ? c : '_'));
        return allowed.Length <= MaxTagValue ? allowed : allowed[..MaxTagValue];
    }
}
