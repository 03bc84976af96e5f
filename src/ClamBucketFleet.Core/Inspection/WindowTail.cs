namespace ClamBucketFleet.Inspection;

/// <summary>The last bytes of one window, which the next begins with.</summary>
internal sealed class WindowTail(int overlap)
{
    private byte[] _last = new byte[overlap];
    private byte[] _next = new byte[overlap];
    private int _lastLength;

    /// <summary>What the window begins with.</summary>
    public ReadOnlyMemory<byte> Start => _last.AsMemory(0, _lastLength);

    /// <summary>Keeps what belongs to the last bytes of this window.</summary>
    /// <param name="bytes">Fresh bytes of the window.</param>
    /// <param name="left">Fresh bytes that follow these in the window.</param>
    public void Keep(ReadOnlySpan<byte> bytes, long left)
    {
        var end = _next.Length - left;
        if (end <= 0)
            return;

        var kept = bytes[^(int)Math.Min(bytes.Length, end)..];
        kept.CopyTo(_next.AsSpan((int)end - kept.Length));
    }

    /// <summary>The window has ended, and it had at least as many fresh bytes as the overlap.</summary>
    public void Turn()
    {
        (_last, _next) = (_next, _last);
        _lastLength = _last.Length;
    }
}
