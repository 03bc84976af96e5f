namespace Amazon.SQS.Model;

/// <summary>Receives up to ten messages; times are in seconds.</summary>
public partial class ReceiveMessageRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public int? MaxNumberOfMessages { get; set; }

    public int? WaitTimeSeconds { get; set; }

    public int? VisibilityTimeout { get; set; }

    public List<string> MessageAttributeNames { get; set; }

    public List<string> MessageSystemAttributeNames { get; set; }
}
