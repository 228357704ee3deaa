package edtech.analytics.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/**
 * A secret of AWS Secrets Manager, read with the keys and in the region that the AWS SDK finds by
 * itself. A class of its own, so that only who names such a secret needs the SDK.
 */
final class AwsSecret {
  /** One call, all of the SDK's own retries included. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Why it cannot be read, and what to do; never the secret. */
  static final class UnreadableException extends RuntimeException {
    private UnreadableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private AwsSecret() {}

  /**
   * Reads it as text.
   *
   * @param reference name or ARN; with {@code #key} at its end, the secret is a JSON object, and
   *     the text that of its key
   */
  static String read(String reference) {
    int hash = reference.lastIndexOf('#');
    String text = text(hash < 0 ? reference : reference.substring(0, hash));
    return hash < 0 ? text : valueOf(reference.substring(hash + 1), text);
  }

  private static String text(String id) {
    try (SecretsManagerClient client =
        SecretsManagerClient.builder()
            .httpClientBuilder(ApacheHttpClient.builder())
            .overrideConfiguration(o -> o.apiCallTimeout(PATIENCE))
            .build()) {
      String text = client.getSecretValue(r -> r.secretId(id)).secretString();
      if (text == null) {
        throw new UnreadableException("it is binary: store it as text", null);
      }
      return text;
    } catch (ResourceNotFoundException e) {
      throw new UnreadableException(
          "there is no such secret in this account and region: correct the name, or set AWS_REGION",
          e);
    } catch (SecretsManagerException e) {
      throw new UnreadableException(
          "AWS refused it ("
              + e.awsErrorDetails().errorCode()
              + "): allow secretsmanager:GetSecretValue on it to the role or user of the driver",
          e);
    } catch (SdkClientException e) {
      throw new UnreadableException(
          "AWS was not reached ("
              + e.getMessage()
              + "): set AWS_REGION and give the driver keys or a role",
          e);
    } catch (SdkException e) {
      throw new UnreadableException("AWS did not give it (" + e.getMessage() + "): try again", e);
    }
  }

  private static String valueOf(String key, String json) {
    JsonNode value;
    try {
      value = new ObjectMapper().readTree(json).get(key);
    } catch (JacksonException e) {
      // Its message would quote the secret.
      throw new UnreadableException("it is no JSON object: leave #" + key + " out", null);
    }
    if (value == null || !value.isValueNode()) {
      throw new UnreadableException("it has no key \"" + key + "\" with one value", null);
    }
    return value.asText();
  }
}
