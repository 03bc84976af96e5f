using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>An object's tags with others added.</summary>
/// <param name="All">The object's own, values replaced where the key is the same, then the others that fit.</param>
/// <param name="LeftOut">Keys that found no room.</param>
/// <param name="Changed">Whether <paramref name="All"/> differs from the object's own.</param>
internal sealed record TagSets(List<Tag> All, IReadOnlyList<string> LeftOut, bool Changed)
{
    /// <summary>Tags that an object can have in S3.</summary>
    public const int Max = 10;

    public static TagSets Merge(IEnumerable<Tag>? own, IReadOnlyList<ObjectTag> added)
    {
        var all = (own ?? []).ToList();
        var leftOut = new List<string>();
        var changed = false;
        foreach (var tag in added)
        {
            var at = all.FindIndex(t => t.Key == tag.Key);
            if (at >= 0 && all[at].Value == tag.Value)
                continue;
            if (at < 0 && all.Count >= Max)
            {
                leftOut.Add(tag.Key);
                continue;
            }

            changed = true;
            var entry = new Tag { Key = tag.Key, Value = tag.Value };
            if (at < 0)
                all.Add(entry);
            else
                all[at] = entry;
        }

        return new TagSets(all, leftOut, changed);
    }
}
