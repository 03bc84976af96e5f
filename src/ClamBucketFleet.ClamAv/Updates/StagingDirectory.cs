namespace ClamBucketFleet.ClamAv;

/// <summary>Made now, gone with everything in it when it is disposed.</summary>
internal sealed class StagingDirectory : IDisposable
{
    public StagingDirectory(string path) => Path = Directory.CreateDirectory(path).FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
