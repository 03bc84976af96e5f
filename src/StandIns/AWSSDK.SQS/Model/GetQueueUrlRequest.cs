namespace Amazon.SQS.Model;

/// <summary>Asks for the URL of a queue by its name.</summary>
public partial class GetQueueUrlRequest : AmazonSQSRequest
{
    public string QueueName { get; set; }

    public string QueueOwnerAWSAccountId { get; set; }
}
