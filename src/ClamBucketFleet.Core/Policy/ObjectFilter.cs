using ClamBucketFleet.Options;

namespace ClamBucketFleet.Policy;

/// <summary>Which objects are scanned at all.</summary>
public sealed class ObjectFilter(FilterOptions options)
{
    private readonly GlobPattern[] _include = [.. options.Include.Select(p => new GlobPattern(p))];
    private readonly GlobPattern[] _exclude = [.. options.Exclude.Select(p => new GlobPattern(p))];

    /// <summary>Included by one pattern (or there are none), and excluded by none.</summary>
    public bool Admits(string bucket, string key)
    {
        var name = $"{bucket}/{key}";
        return (_include.Length == 0 || _include.Any(p => p.IsMatch(name))) && !_exclude.Any(p => p.IsMatch(name));
    }
}
