using System.Buffers;

namespace ClamBucketFleet.Inspection;

/// <summary>One member in a file that has no name any more, so that nothing of it stays, whatever happens.</summary>
internal sealed class SpooledMember : IDisposable
{
    private readonly FileStream _file;
    private ReadOnlyMemory<byte> _unwritten;

    private SpooledMember(FileStream file) => _file = file;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Null where there is no such directory, or it cannot be written to.</summary>
    public static SpooledMember? TryCreate(string? directory)
    {
        if (directory is null)
            return null;

        FileStream? file = null;
        try
        {
            var path = Path.Combine(directory, $"member-{Guid.NewGuid():n}");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            file = new FileStream(path, options);
            File.Delete(path);
            return new SpooledMember(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return null;
        }
    }

    /// <summary>Writes until the source ends, the limit is met or there is no room.</summary>
    /// <returns>Whether the source has ended.</returns>
    public async Task<bool> FillAsync(Stream source, long limit, int chunk, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(chunk);
        try
        {
            while (true)
            {
                // One byte more than the limit tells whether the source ends there.
                var most = (int)Math.Min(chunk, limit - Length + 1);
                var count = await source.ReadAsync(buffer.AsMemory(0, most), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return true;
                if (Length + count > limit || !await AppendAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false))
                {
                    _unwritten = buffer.AsSpan(0, count).ToArray();
                    return false;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>All that was taken from the source, from its beginning.</summary>
    public Stream Read()
    {
        _file.Position = 0;
        return new SequenceStream([new SpooledBytes(_file, Length), new MemoryStream(_unwritten.ToArray(), writable: false)]);
    }

    public void Dispose() => _file.Dispose();

    private async Task<bool> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            Length += bytes.Length;
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What was written whole: a write that failed may have left a part behind.</summary>
    private sealed class SpooledBytes(FileStream file, long length) : ForwardOnlyStream
    {
        private long _left = length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var most = (int)Math.Min(buffer.Length, _left);
            try
            {
                var count = most == 0 ? 0 : await file.ReadAsync(buffer[..most], cancellationToken).ConfigureAwait(false);
                if (count == 0 && most > 0)
                    throw new TryAgainException("A member in the spool (Scan:SpoolDirectory) was cut short.");
                _left -= count;
                return count;
            }
            catch (IOException e)
            {
                throw new TryAgainException($"A member in the spool (Scan:SpoolDirectory) could not be read: {e.Message}", e);
            }
        }
    }
}
