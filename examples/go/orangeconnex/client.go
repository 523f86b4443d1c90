// Package orangeconnex is a client of OrangeConnex's eBay fulfillment openAPI: the start of your own.
package orangeconnex

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	renewBefore   = time.Minute
	unknownExpiry = 300 // seconds, where a new token does not say
)

var pauses = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// Refused is the API's no: the same call again will get the same answer.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return "Refused: " + e.Reason }

// Unclear is no answer, or none that can be read: the call may have been carried out, or not.
type Unclear struct{ Reason string }

func (e *Unclear) Error() string { return "Unclear: " + e.Reason }

func unclear(err error) bool {
	var which *Unclear
	return errors.As(err, &which)
}

// Client holds keys and tokens. It may be used by several goroutines.
type Client struct {
	BaseURL, OAuthURL    string
	ClientKey, SecretKey string
	SignsBody            bool // the vendor's stage signs an empty body
	HTTP                 *http.Client

	renewable    bool
	mutex        sync.Mutex // for what follows
	refreshToken string
	accessToken  string
	renewAt      time.Time // zero: of a token that was given nobody knows the age
}

// FromEnvironment makes a client of the variables that the README lists.
func FromEnvironment() *Client {
	timeout, err := time.ParseDuration(os.Getenv("OC_TIMEOUT_S") + "s")
	if err != nil {
		timeout = 20 * time.Second
	}
	return &Client{
		BaseURL:      os.Getenv("OC_BASE_URL"),
		OAuthURL:     os.Getenv("OC_OAUTH_URL"),
		ClientKey:    os.Getenv("OC_CLIENT_KEY"),
		SecretKey:    os.Getenv("OC_SECRET_KEY"),
		SignsBody:    os.Getenv("OC_SIGNING") != "stage",
		HTTP:         &http.Client{Timeout: timeout},
		renewable:    os.Getenv("OC_REFRESH_TOKEN") != "",
		refreshToken: os.Getenv("OC_REFRESH_TOKEN"),
		accessToken:  os.Getenv("OC_ACCESS_TOKEN"),
	}
}

// Signature is over the very bytes that are sent: path|body|clientKey|secretKey, the path without its query.
func Signature(path string, body []byte, clientKey, secretKey string) string {
	digest := md5.Sum([]byte(path + "|" + string(body) + "|" + clientKey + "|" + secretKey))
	return hex.EncodeToString(digest[:])
}

type answer struct {
	status int
	body   []byte
}

// reply is the envelope of every answer.
type reply struct {
	Code    *int            `json:"code"`
	Success any             `json:"success"`
	Status  int             `json:"status"` // of a web server's own answer, such as 404; it has no code
	Message string          `json:"message"`
	Errors  []itemError     `json:"errors"`
	Data    json.RawMessage `json:"data"`
}

type itemError struct {
	Code            string `json:"code"`
	Message         string `json:"message"`
	ID              string `json:"id"`
	ReferenceNumber string `json:"referenceNumber"`
}

// failed is told by the envelope: code 0 is success, unless success says otherwise or there are errors.
func (r *reply) failed() bool {
	return r.Code == nil || *r.Code != 0 || r.Success == false || r.Success == "false" || len(r.Errors) > 0
}

// reason is the first error's code and text, or the envelope's.
func (r *reply) reason() string {
	if len(r.Errors) > 0 {
		return r.Errors[0].Code + " " + r.Errors[0].Message
	}
	if r.Code == nil {
		return fmt.Sprint(r.Status, " ", r.Message)
	}
	return fmt.Sprint(*r.Code, " ", r.Message)
}

// read makes a call that changes nothing, so that it can be repeated, and decodes its data.
func (c *Client) read(method, path string, question, data any) error {
	for attempt := 0; ; attempt++ {
		answered, err := c.call(method, path, question)
		if err == nil && answered.failed() {
			return &Refused{answered.reason()}
		}
		if err == nil {
			return json.Unmarshal(answered.Data, data)
		}
		if !unclear(err) || attempt == len(pauses) {
			return err
		}
		time.Sleep(pauses[attempt])
	}
}

// call makes one call; with a fresh token, and once more with another where the token is refused.
func (c *Client) call(method, path string, question any) (*reply, error) {
	token, err := c.freshToken("")
	if err != nil {
		return nil, err
	}
	var body []byte // signed and sent: the same bytes
	if method != http.MethodGet {
		body, err = json.Marshal(map[string]any{
			"apiVersion": "1.0",
			"messageId":  fmt.Sprint(time.Now().UnixNano()),
			"timestamp":  time.Now().UnixMilli(),
			"data":       question,
		})
		if err != nil {
			return nil, err
		}
	}
	answered, err := c.send(method, path, body, token)
	if err == nil && c.renewable && tokenRefused(answered) {
		if token, err = c.freshToken(token); err != nil {
			return nil, err
		}
		answered, err = c.send(method, path, body, token)
	}
	if err != nil {
		return nil, err
	}
	found := new(reply)
	return found, decode(answered, found)
}

func (c *Client) send(method, path string, body []byte, token string) (*answer, error) {
	request, err := http.NewRequest(method, c.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	signed := body
	if !c.SignsBody {
		signed = nil
	}
	// Header names do not differ by case, so it is no harm that Set writes Clientkey.
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("clientKey", c.ClientKey)
	request.Header.Set("vAuthorization", Signature(request.URL.Path, signed, c.ClientKey, c.SecretKey))
	request.Header.Set("Access-Token", "Bearer "+token)
	return c.do(request)
}

func (c *Client) do(request *http.Request) (*answer, error) {
	response, err := c.HTTP.Do(request)
	if err != nil {
		var wrapped *url.Error // its text would have the whole URL, and the token call's has the token
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, &Unclear{request.URL.Path + ": " + err.Error()}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, &Unclear{request.URL.Path + ": " + err.Error()}
	}
	return &answer{response.StatusCode, body}, nil
}

// freshToken gives the access token, renewed where it is about to expire or is the one that was refused.
func (c *Client) freshToken(refused string) (string, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	expires := !c.renewAt.IsZero() && time.Now().After(c.renewAt)
	if c.accessToken != "" && c.accessToken != refused && !expires {
		return c.accessToken, nil
	}
	question := url.Values{
		"grant_type": {"refresh_token"}, "client_id": {c.ClientKey}, "refresh_token": {c.refreshToken},
	}
	request, err := http.NewRequest(http.MethodPost, c.OAuthURL+"/oauth/token?"+question.Encode(), nil)
	if err != nil {
		return "", err
	}
	answered, err := c.do(request)
	if err != nil {
		return "", err
	}
	var token struct {
		AccessToken      string `json:"access_token"`
		RefreshToken     string `json:"refresh_token"`
		ExpiresIn        int    `json:"expires_in"`
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
	}
	if err := decode(answered, &token); err != nil {
		return "", err
	}
	if token.AccessToken == "" {
		return "", &Refused{fmt.Sprintf("no new token: %s %s", token.Error, token.ErrorDescription)}
	}
	if token.ExpiresIn == 0 {
		token.ExpiresIn = unknownExpiry
	}
	c.accessToken = token.AccessToken
	c.renewAt = time.Now().Add(time.Duration(token.ExpiresIn)*time.Second - renewBefore)
	if token.RefreshToken != "" {
		// It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
		c.refreshToken = token.RefreshToken
	}
	return c.accessToken, nil
}

// decode reads a reply, if it is one. The HTTP status says little here: most refusals come with 200.
func decode(answered *answer, into any) error {
	if answered.status >= 500 {
		return &Unclear{fmt.Sprint("HTTP ", answered.status)}
	}
	if err := json.Unmarshal(answered.body, into); err != nil {
		if answered.status < 300 { // cut off, most likely
			return &Unclear{fmt.Sprintf("HTTP %d without JSON: %s", answered.status, err)}
		}
		return &Refused{fmt.Sprint("HTTP ", answered.status)}
	}
	return nil
}

// tokenRefused is HTTP 401, or an envelope that says so; how the vendor words it is not documented.
func tokenRefused(answered *answer) bool {
	var told reply
	if answered.status == http.StatusUnauthorized {
		return true
	}
	if json.Unmarshal(answered.body, &told) != nil || !told.failed() {
		return false
	}
	message := strings.ToLower(told.Message)
	return strings.Contains(message, "token") || strings.Contains(message, "authentication fail")
}
