using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>A content that the test stored.</summary>
internal sealed record Stored(string Bucket, string Key, byte[] Bytes, bool Infected, string? VersionId, string ETag)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    public string Event => Events.S3(Bucket, Key, ETag, VersionId);

    public override string ToString() => $"{Bucket}/{Key} {VersionId} {ETag} {(Infected ? "infected" : "clean")}";
}

/// <summary>What the test did, and so what must be true in the end.</summary>
internal sealed class World(Scene scene, Random random, CancellationToken cancellationToken)
{
    private const int Keys = 6;

    private readonly SemaphoreSlim _writes = new(1, 1);
    private readonly ConcurrentQueue<string> _history = new();
    private readonly List<Stored> _stored = [];
    private readonly Dictionary<(string Bucket, string Key), Stored?> _current = [];
    private readonly HashSet<Stored> _deleted = [];

    /// <summary>Without versions: deleted, and quarantined, what is infected.</summary>
    public string Plain { get; private set; } = "";

    public string Quarantined { get; private set; } = "";

    public string Versioned { get; private set; } = "";

    public string Quarantine { get; private set; } = "";

    public IReadOnlyList<Stored> All => _stored;

    public string History => string.Join('\n', _history);

    public (string Key, string Value)[] Settings =>
    [
        ($"Buckets:{Quarantined}:Infected:Action", "quarantine"),
        ($"Buckets:{Quarantined}:Quarantine:Bucket", Quarantine),
    ];

    public async Task CreateAsync()
    {
        Plain = await scene.BucketAsync(connected: false);
        Quarantined = await scene.BucketAsync(connected: false);
        Versioned = await scene.BucketAsync(versioned: true, connected: false);
        Quarantine = await scene.BucketAsync(connected: false);
    }

    public void Note(string what) => _history.Enqueue(what);

    /// <summary>An upload, often over what is there.</summary>
    public async Task UploadAsync()
    {
        var (bucket, key) = Somewhere();
        var own = Encoding.UTF8.GetBytes($"content {_stored.Count}\n");
        var kind = random.Next(4);
        var bytes = kind switch
        {
            0 => [.. Eicar.Bytes, .. own],
            1 => Archive.Zip("inner", [.. Eicar.Bytes, .. own]),
            _ => own,
        };
        await _writes.WaitAsync(cancellationToken);
        Stored stored;
        try
        {
            var (version, eTag) = await scene.PutAsync(bucket, key, bytes);
            stored = new Stored(bucket, key, bytes, kind < 2, version, eTag);
            _stored.Add(stored);
            _current[(bucket, key)] = stored;
        }
        finally
        {
            _writes.Release();
        }
        Note($"put {stored}");
        await scene.SendAsync(stored.Event);
        if (random.Next(5) == 0) await scene.SendAsync(stored.Event);
    }

    /// <summary>A message for the second time.</summary>
    public async Task RepeatAsync()
    {
        if (_stored.Count == 0) return;
        var stored = _stored[random.Next(_stored.Count)];
        Note($"repeat {stored}");
        await scene.SendAsync(stored.Event);
    }

    /// <summary>An object is deleted; of one with versions, one version.</summary>
    public async Task DeleteAsync()
    {
        var (bucket, key) = Somewhere();
        var which = _stored.Where(stored => (stored.Bucket, stored.Key) == (bucket, key)).ToList();
        if (which.Count == 0) return;
        var stored = bucket == Versioned ? which[random.Next(which.Count)] : which[^1];
        await _writes.WaitAsync(cancellationToken);
        try
        {
            await scene.S3.DeleteObjectAsync(
                new DeleteObjectRequest { BucketName = bucket, Key = key, VersionId = stored.VersionId },
                cancellationToken);
            _deleted.Add(stored);
            if (bucket != Versioned) _current[(bucket, key)] = null;
        }
        finally
        {
            _writes.Release();
        }
        Note($"delete {stored}");
    }

    /// <summary>
    /// A deletion of the daemon's under a condition, as AWS does it: look and deletion are one. Not every moto does so.
    /// </summary>
    public async Task<bool> DeleteIfMatchAsync(string bucket, string key, string eTag)
    {
        await _writes.WaitAsync(cancellationToken);
        try
        {
            var now = await scene.ReadAsync(bucket, key);
            if (now is null || Convert.ToHexStringLower(Md5(now)) != eTag.Trim('"')) return false;
            await scene.S3.DeleteObjectAsync(bucket, key, cancellationToken);
            Note($"daemon deletes {bucket}/{key} {eTag}");
            return true;
        }
        finally
        {
            _writes.Release();
        }
    }

    /// <summary>What is not as it must be.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync()
    {
        var faults = new List<string>();
        foreach (var alert in scene.Alerts.Where(alert => alert.Status != "SKIPPED"))
        {
            var about = _stored.Where(stored => stored.Key == alert.Json.GetProperty("key").GetString()
                && stored.ETag == alert.Json.GetProperty("eTag").GetString()).ToList();
            if (alert.Status == "INFECTED" && !about.Exists(stored => stored.Infected)) faults.Add($"wrong alert: {alert.Json}");
            if (alert.Status is not ("INFECTED" or "CLEAN")) faults.Add($"unexpected alert: {alert.Json}");
            if (alert.Status == "CLEAN" && about.Exists(stored => stored.Infected)) faults.Add($"called clean: {alert.Json}");
        }
        foreach (var stored in _stored)
        {
            var isCurrent = stored.Bucket == Versioned || _current[(stored.Bucket, stored.Key)] == stored;
            if (!isCurrent || _deleted.Contains(stored)) continue;
            var now = await scene.ReadAsync(stored.Bucket, stored.Key, stored.VersionId);
            if (!stored.Infected)
            {
                if (now is null || !now.SequenceEqual(stored.Bytes)) faults.Add($"lost: {stored}");
                if (now is not null && (await scene.TagsAsync(stored.Bucket, stored.Key, stored.VersionId)).Count > 0)
                    faults.Add($"tagged: {stored}");
                continue;
            }
            if (now is not null) faults.Add($"still there: {stored}");
            if (!scene.Alerts.Any(alert => alert.Status == "INFECTED" && alert.Json.GetProperty("sha256").GetString() == stored.Sha256))
                faults.Add($"not alerted: {stored}");
            if (stored.Bucket != Quarantined) continue;
            var copy = await scene.ReadAsync(Quarantine, $"{stored.Bucket}/{stored.Key}");
            if (copy is null || !copy.SequenceEqual(stored.Bytes)) faults.Add($"not in quarantine: {stored}");
        }
        if (await scene.DepthsAsync(scene.DeadLetterUrl) != (0, 0)) faults.Add("the dead-letter queue is not empty");
        return faults;
    }

    // S3 itself defines an ETag so.
#pragma warning disable CA5351
    private static byte[] Md5(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351

    private (string Bucket, string Key) Somewhere()
        => (random.Next(3) switch { 0 => Plain, 1 => Quarantined, _ => Versioned }, $"k{random.Next(Keys)}");
}
