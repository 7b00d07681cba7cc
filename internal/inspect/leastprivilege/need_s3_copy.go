package leastprivilege

import (
	"net/url"
	"strings"
)

// source is what a copy reads: the header x-amz-copy-source has the bucket and
// the key, encoded as in a URL, and maybe a version.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
func (c *s3Call) source() {
	if !strings.Contains(c.EventName, "Copy") {
		return
	}
	header := c.param("x-amz-copy-source")
	if header == "" {
		c.err = c.unmapped("the record does not name the source of the copy")
		return
	}
	path, query, _ := strings.Cut(header, "?")
	decoded, err := url.PathUnescape(path)
	if err != nil {
		c.err = c.unmapped("the source of the copy is not well formed")
		return
	}
	on := Target{ARN: "arn:" + c.partition() + ":s3:::" + strings.TrimPrefix(decoded, "/")}
	if strings.HasPrefix(decoded, "arn:") {
		on = Target{ARN: decoded} // an object of an access point
	}
	if strings.HasPrefix(query, "versionId=") {
		c.need("GetObjectVersion", on)
		c.maybe("GetObjectVersionTagging", on, copiedTags)
	} else {
		c.need("GetObject", on)
		c.maybe("GetObjectTagging", on, copiedTags)
	}
	if c.EventName == "CopyObject" && !strings.EqualFold(c.param("x-amz-tagging-directive"), "REPLACE") {
		c.maybe("PutObjectTagging", Target{ARN: c.objectARN(c.param("key"))}, copiedTags)
	}
}

const copiedTags = "a copy takes the tags along where there are some"
