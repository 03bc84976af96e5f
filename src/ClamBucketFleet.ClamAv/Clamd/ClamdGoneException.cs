namespace ClamBucketFleet.ClamAv;

/// <summary>The connection ended without an answer: perhaps this one only, perhaps clamd with it.</summary>
internal sealed class ClamdGoneException(string message, Exception? inner = null) : TryAgainException(message, inner);
